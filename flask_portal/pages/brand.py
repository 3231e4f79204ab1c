"""How the business looks: name, picture and the colours that keep their contrast in light and in dark."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_portal import security
from flask_portal.host import Branding
from flask_portal.rules import contrast

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Palette:
    """The values of the style sheet's brand colours, `#rrggbb`."""

    brand: str
    on_brand: str
    brand_text: str


@dataclass(frozen=True, slots=True)
class Brand:
    """What the layout shows of the business.  mark, on_mark: colours behind and on its first letter, or None."""

    name: str
    initial: str
    icon: str | None
    logo: str | None
    light: Palette | None
    dark: Palette | None
    mark: str | None
    on_mark: str | None

    @classmethod
    def of(cls, branding: Branding) -> Brand:
        light, dark = _palettes(_color(branding.primary_color))
        mark = _color(branding.secondary_color)
        return cls(
            name=branding.name,
            initial=branding.name[:1].upper(),
            icon=_shown(branding.icon),
            logo=_shown(branding.logo),
            light=light,
            dark=dark,
            mark=mark,
            on_mark=contrast.on_brand(mark) if mark else None,
        )


def _palettes(color: str | None) -> tuple[Palette | None, Palette | None]:
    if color is None:
        return None, None
    dark = contrast.dark_brand(color)
    return (
        Palette(color, contrast.on_brand(color), contrast.brand_text(color, False)),
        Palette(dark, contrast.on_brand(dark), contrast.brand_text(color, True)),
    )


def _color(value: str | None) -> str | None:
    return value.lower() if value and _COLOR.fullmatch(value) else None


def _shown(url: str | None) -> str | None:
    """A picture of the business; the page's policy lets it through."""
    if url is not None and not url.startswith("data:image/"):
        security.allow_image(url)
    return url
