"""Where templates and translations lie: packed into the wheel, or beside the packages in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """The folder `templates` or `translations`; FileNotFoundError when the installation has lost it."""
    for folder in (_PACKAGE / "_packed" / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"flask-portal's {name} are missing from this installation; install it again")
