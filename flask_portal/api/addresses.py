"""How the links begin that the API hands out."""

from __future__ import annotations

from flask import current_app, has_request_context, request

from flask_portal.config import ConfigurationError, Settings
from flask_portal.host import Host


def base_url(host: Host, settings: Settings) -> str:
    """How links begin, without a slash at the end. Raises ConfigurationError when that cannot be known safely."""
    base = settings.base_url or host.base_url()
    if base is not None:
        return base.rstrip("/")
    if not has_request_context():
        raise ConfigurationError("Outside a request the portal does not know its own address: set PORTAL_BASE_URL.")
    if not (current_app.debug or current_app.testing or current_app.config.get("TRUSTED_HOSTS")):
        raise ConfigurationError(
            "The portal makes no links from an unchecked Host header: set PORTAL_BASE_URL or Flask's TRUSTED_HOSTS."
        )
    return request.url_root.rstrip("/")
