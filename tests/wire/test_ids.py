"""Ids and secrets have Stripe's shapes."""

from __future__ import annotations

import itertools
import re

import pytest

from flask_portal.wire import ids


@pytest.mark.parametrize("prefix", ["sub", "in", "evt", "pm", "bps", "bpc", "sub_sched", "price", "we"])
def test_an_id_is_a_one_and_23_letters_and_digits(prefix: str) -> None:
    assert re.fullmatch(rf"{prefix}_1[0-9A-Za-z]{{23}}", ids.new(prefix))


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("cus", 14), ("prod", 14), ("si", 14), ("req", 14), ("acct", 16), ("cs_test", 58), ("cs_live", 58)],
)
def test_some_ids_have_a_length_of_their_own(prefix: str, length: int) -> None:
    assert re.fullmatch(rf"{prefix}_[0-9A-Za-z]{{{length}}}", ids.new(prefix))


def test_ids_do_not_repeat() -> None:
    assert len({ids.new("cus") for _ in range(10_000)}) == 10_000


def test_every_letter_and_digit_comes_up() -> None:
    assert set(ids.characters(20_000)) == set(ids.ALPHABET.decode())


def test_a_coupon_has_eight_characters_and_no_prefix() -> None:
    assert re.fullmatch(r"[0-9A-Za-z]{8}", ids.coupon())


def test_a_client_secret_begins_with_the_id() -> None:
    assert re.fullmatch(r"pi_1abc_secret_[0-9A-Za-z]{25}", ids.client_secret("pi_1abc"))


def test_a_webhook_secret_has_at_least_32_characters() -> None:
    assert re.fullmatch(r"whsec_[0-9A-Za-z]{32}", ids.secret("whsec"))
    assert re.fullmatch(r"whsec_[0-9A-Za-z]{40}", ids.secret("whsec", 40))


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        pytest.param("sk_test_abcdefghijklmnop", "sk_test_************mnop", id="secret key: 16 - 4 = 12 stars"),
        pytest.param("rk_live_abcdefghijklmnop", "rk_live_************mnop", id="restricted key"),
        pytest.param("sk_test_demo", "sk_test_****", id="too short to show its end"),
        pytest.param("password1", "*********", id="no key at all"),
        pytest.param("my_own_secret_value_1234", "********************1234", id="no prefix of a key"),
        pytest.param("sk_test_" + "a" * 5000, "sk_test_" + "*" * 24 + "aaaa", id="a very long one"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_masked_key_shows_its_kind_and_its_end(key: str, masked: str) -> None:
    assert ids.mask(key) == masked


def test_ids_of_one_process_lie_side_by_side() -> None:
    """All but a few of a thousand are in ascending order; the counter may start anew once."""
    made = [ids.new("in") for _ in range(1000)]
    assert sum(one > other for one, other in itertools.pairwise(made)) <= 1
