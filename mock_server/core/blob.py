"""Bytes that are answered as they are, such as the contents of a file, and what makes them safe to open."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

# An SVG is a program too, so it is not among what a browser shows.
SHOWN = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})


@dataclass(frozen=True, slots=True)
class Blob:
    """content: the bytes.  media_type: what they are.  filename: under which they are kept by who downloads them."""

    content: bytes
    media_type: str
    filename: str

    def headers(self) -> list[tuple[str, str]]:
        """Nobody's upload may run as a page of ours: only images are shown, everything else is downloaded."""
        how = "inline" if self.media_type in SHOWN else "attachment"
        return [
            ("Content-Type", self.media_type),
            ("Content-Disposition", f"{how}; filename*=UTF-8''{quote(self.filename, safe='')}"),
            ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ("X-Content-Type-Options", "nosniff"),
        ]


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file as it was sent in a body of parts."""

    content: bytes
    filename: str
