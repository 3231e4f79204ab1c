"""Bodies in parts, `multipart/form-data`, as a client sends files."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from flask_portal.wire import form
from mock_server.core.blob import Uploaded

GIF = Uploaded(b"GIF89a" + bytes(7), "logo.gif")


def has_file(sent: Mapping[str, Any]) -> bool:
    """Whether it takes a body in parts to send this."""
    return any(isinstance(value, Uploaded) for value in sent.values())


def encode(sent: Mapping[str, Any]) -> tuple[str, bytes]:
    """Content type and body."""
    files = {name: value for name, value in sent.items() if isinstance(value, Uploaded)}
    plain = {name: value for name, value in sent.items() if name not in files}
    parts: dict[str, Any] = dict(parse_qsl(form.encode(plain), keep_blank_values=True))
    parts |= {name: FileStorage(BytesIO(one.content), one.filename, name) for name, one in files.items()}
    boundary, body = encode_multipart(parts)
    return f'multipart/form-data; boundary="{boundary}"', body
