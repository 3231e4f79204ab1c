"""A customer portal for any Flask application, with Stripe's session and configuration API."""

from __future__ import annotations

from flask_portal import signals
from flask_portal.extension import Portal
from flask_portal.host import Host
from flask_portal.rules.policies import Bounds, Refusal

__version__ = "0.1.0"

__all__ = ["Bounds", "Host", "Portal", "Refusal", "__version__", "signals"]
