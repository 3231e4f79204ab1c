"""Signed deliveries: ours are accepted by the official client, and nothing else is accepted by us."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest
import stripe

from flask_portal.wire.signature import SignatureError, sign, verify

PAYLOAD = b'{"id":"evt_1","object":"event"}'
SECRET = "whsec_test"
NOW = 1_800_000_000


def test_the_header_holds_the_hmac_of_time_and_body() -> None:
    digest = hmac.new(b"whsec_test", b"1800000000." + PAYLOAD, hashlib.sha256).hexdigest()
    assert sign(PAYLOAD, SECRET, NOW) == f"t=1800000000,v1={digest}"


def test_the_official_client_accepts_what_we_sign() -> None:
    payload = json.dumps({"id": "evt_1", "object": "event", "data": {"object": {"name": "Jürgen"}}}).encode()
    event = stripe.Webhook.construct_event(payload, sign(payload, SECRET, int(time.time())), SECRET)
    assert event.id == "evt_1"


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_old"])
def test_while_a_secret_is_rolled_both_are_accepted(secret: str) -> None:
    header = sign(PAYLOAD, "whsec_new", int(time.time()), "whsec_old")
    assert stripe.Webhook.construct_event(PAYLOAD, header, secret).id == "evt_1"
    assert verify(PAYLOAD, header, secret, now=int(time.time()))


def test_we_accept_what_the_official_client_signs() -> None:
    header = stripe.WebhookSignature.generate_signature_header(PAYLOAD.decode(), SECRET, NOW)
    assert verify(PAYLOAD, header, SECRET, now=NOW) == NOW


@pytest.mark.parametrize("tolerance", [0, None])
def test_the_age_does_not_count_without_a_tolerance(tolerance: int | None) -> None:
    assert verify(PAYLOAD, sign(PAYLOAD, SECRET, 1), SECRET, now=NOW, tolerance=tolerance) == 1


@pytest.mark.parametrize("age", [300, 0, -5000])
def test_five_minutes_and_any_time_ahead_are_accepted(age: int) -> None:
    assert verify(PAYLOAD, sign(PAYLOAD, SECRET, NOW - age), SECRET, now=NOW) == NOW - age


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        pytest.param(None, "no_header", id="none"),
        pytest.param("", "no_header", id="empty"),
        pytest.param("v1=abc", "no_timestamp", id="no time"),
        pytest.param("t=soon,v1=abc", "no_timestamp", id="time that is no number"),
        pytest.param("t=\u0661,v1=abc", "no_timestamp", id="digits of another script"),
        pytest.param("t=" + "9" * 5000 + ",v1=abc", "no_timestamp", id="time without end"),
        pytest.param("t=1800000000,v0=abc", "no_signature", id="another scheme"),
        pytest.param("t=1800000000,v1=abc", "no_match", id="another signature"),
        pytest.param("t=1800000000,v1=ä", "no_match", id="signature that is not ASCII"),
        pytest.param(sign(PAYLOAD + b" ", SECRET, NOW), "no_match", id="another body"),
        pytest.param(sign(PAYLOAD, "whsec_other", NOW), "no_match", id="another secret"),
        pytest.param(sign(PAYLOAD, SECRET, NOW - 301), "too_old", id="301 seconds old"),
    ],
)
def test_anything_else_is_refused_with_the_reason(header: str | None, reason: str) -> None:
    with pytest.raises(SignatureError) as refused:
        verify(PAYLOAD, header, SECRET, now=NOW)
    assert refused.value.reason == reason
