"""Bodies in parts, `multipart/form-data`: how files are sent.

Source: docs.stripe.com/file-upload
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from flask_portal.wire import errors, form
from mock_server.core.blob import Uploaded

MULTIPART = "multipart/form-data"
MAX_FIELDS = 64 * 1024
"""Bytes that the other parts may take together."""


def is_upload(request: Request) -> bool:
    return request.mimetype == MULTIPART


def decode(request: Request, most: int) -> dict[str, Any]:
    """The parameters of a body in parts; a file is an `Uploaded`.

    most: bytes that the files may take. StripeError 413 for more.
    """
    request.max_content_length = most + MAX_FIELDS
    request.max_form_memory_size = MAX_FIELDS
    try:
        fields = list(request.form.items(multi=True))
        files = {name: Uploaded(part.read(), part.filename or "blob") for name, part in request.files.items()}
    except RequestEntityTooLarge as too_large:
        raise errors.StripeError(f"An upload has at most {most} bytes.", status=413) from too_large
    finally:
        request.close()
    return form.decode(urlencode(fields).encode(), request.query_string) | files
