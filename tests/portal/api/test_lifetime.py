"""How long a session lives: 5 minutes unopened, then an hour after the last activity."""

from __future__ import annotations

import pytest

from flask_portal.rules.lifetime import alive

CREATED = 1_780_000_000


@pytest.mark.parametrize(
    ("first", "last", "now", "expected"),
    [
        pytest.param(None, None, CREATED + 300, True, id="unopened, on the last second"),
        pytest.param(None, None, CREATED + 301, False, id="unopened, a second later"),
        pytest.param(CREATED + 10, CREATED + 10, CREATED + 10 + 3600, True, id="idle for an hour"),
        pytest.param(CREATED + 10, CREATED + 10, CREATED + 10 + 3601, False, id="idle for longer"),
        pytest.param(CREATED + 10, CREATED + 9000, CREATED + 9000 + 3600, True, id="activity moves the end"),
        pytest.param(CREATED + 10, None, CREATED + 3700, False, id="opened and never active again"),
    ],
)
def test_a_session_ends(first: int | None, last: int | None, now: int, expected: bool) -> None:
    assert alive(CREATED, first, last, now) is expected
