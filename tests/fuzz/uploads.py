"""Files in calls that are made up: text with a character for each byte, so that it can be kept and changed like any."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request

from mock_server.core.blob import Uploaded
from mock_server.http import upload
from mock_server.resources.file import MOST
from tests import parts


def uploads(method: str, path: str) -> bool:
    """Whether a call takes a body in parts."""
    return (method, path) == ("POST", "/v1/files")


def from_parts(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The parameters of a body in parts."""
    media_type = next(value for name, value in headers.items() if name.lower() == "content-type")
    environ = {"wsgi.input": BytesIO(body), "CONTENT_TYPE": media_type, "CONTENT_LENGTH": str(len(body))}
    sent = upload.decode(Request(environ | {"REQUEST_METHOD": "POST", "QUERY_STRING": ""}), MOST)
    return {
        name: value.content.decode("latin-1") if isinstance(value, Uploaded) else value for name, value in sent.items()
    }


def in_parts(sent: Mapping[str, Any]) -> tuple[str, bytes]:
    """Content type and body."""
    file = sent.get("file")
    if not isinstance(file, str):
        return parts.encode(sent)
    return parts.encode({**sent, "file": Uploaded(file.encode("latin-1", "replace"), "made-up")})
