"""A customer portal for any Flask application, with Stripe's session and configuration API."""

from __future__ import annotations

__version__ = "0.1.0"
