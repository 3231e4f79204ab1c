"""A customer portal for any Flask application, with Stripe's session and configuration API."""

from __future__ import annotations

from flask_portal import signals
from flask_portal.extension import Portal
from flask_portal.host import Host

__version__ = "0.1.0"

__all__ = ["Host", "Portal", "__version__", "signals"]
