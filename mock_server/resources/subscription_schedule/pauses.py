"""A pause that a schedule makes, and the return from it.

Source: docs.stripe.com/api/subscription_schedules/object
"""

from __future__ import annotations

import secrets

from flask_portal.wire import errors
from flask_portal.wire.errors import StripeError
from mock_server.billing.calendar import DAY, Interval, add
from mock_server.core.call import Body, Call
from mock_server.core.rehearsal import attempt

from ..subscription import pausing
from ..subscription.head import subscription

_PARAM = "pause_schedules[0]"
_LOOKED_AT_AGAIN = DAY
"""Seconds after which a return is looked at that waits for its payment: by then it is paid, or given up."""


def replaced(call: Call, body: Body, sent: list[Body]) -> list[Body]:
    """The pauses of a schedule after a call. What is due at once is not done yet."""
    if not sent:
        return []
    one = sent[0]
    known = next((each for each in body["pause_schedules"] if each["key"] == one.get("key")), None)
    entry = _new(call, body, one) if known is None else _changed(call, known, one)
    if entry["resume"] is not None and entry["resume"]["resume_at"] <= entry["pause"]["pause_at"]:
        param = f"{_PARAM}[resume][resume_at]"
        raise errors.invalid("A subscription can only go on after it was paused.", param)
    return [entry]


def _new(call: Call, body: Body, one: Body) -> Body:
    if "pause_at" not in one.get("pause", {}):
        raise errors.missing_parameter(f"{_PARAM}[pause][pause_at]")
    if body["billing_mode"]["type"] == "classic":
        raise errors.invalid("A pause can be scheduled in flexible billing mode only.", "pause_schedules")
    at = _moment(call, one["pause"]["pause_at"], f"{_PARAM}[pause][pause_at]", call.now)
    pause = {"pause_at": at, "settings": _pause_settings(one["pause"].get("settings", {}), {}), "status": _status()}
    resume = _resume(call, one["resume"], at, None) if one.get("resume") else None
    return {"key": one.get("key") or f"pause_{secrets.token_hex(8)}", "pause": pause, "resume": resume}


def _changed(call: Call, known: Body, one: Body) -> Body:
    pause, resume = dict(known["pause"]), known["resume"]
    if "pause" in one and pause["status"]["type"] != "scheduled":
        raise errors.invalid("This pause has begun already, so it cannot be changed.", f"{_PARAM}[pause]")
    if "pause_at" in one.get("pause", {}):
        pause["pause_at"] = _moment(call, one["pause"]["pause_at"], f"{_PARAM}[pause][pause_at]", call.now)
    if "settings" in one.get("pause", {}):
        pause["settings"] = _pause_settings(one["pause"]["settings"], pause["settings"])
    if "resume" in one:
        resume = _resume(call, one["resume"], pause["pause_at"], resume) if one["resume"] else None
    return {"key": known["key"], "pause": pause, "resume": resume}


def _resume(call: Call, sent: Body, since: int, known: Body | None) -> Body:
    if known is not None and known["status"]["type"] != "scheduled":
        raise errors.invalid("The subscription goes on already, so this cannot be changed.", f"{_PARAM}[resume]")
    if "resume_at" not in sent and known is None:
        raise errors.missing_parameter(f"{_PARAM}[resume][resume_at]")
    before = known or {"settings": {}}
    settings = {
        "billing_cycle_anchor": "resume_at",
        "payment_behavior": "resume_on_payment_success",
        "proration_behavior": "create_prorations",
    }
    return {
        "resume_at": _moment(call, sent["resume_at"], f"{_PARAM}[resume][resume_at]", since)
        if "resume_at" in sent
        else before["resume_at"],
        "settings": settings | before["settings"] | sent.get("settings", {}),
        "status": _status(),
    }


def _moment(call: Call, sent: Body, param: str, since: int) -> int:
    """since: when a duration begins."""
    kind = sent["type"]
    if kind == "now":
        return call.now
    if kind not in sent:
        raise errors.missing_parameter(f"{param}[{kind}]")
    if kind == "duration":
        every = Interval.of(sent[kind]["interval"], sent[kind].get("interval_count", 1))
        return add(since, every, 1)
    if sent[kind] < call.now:
        raise errors.invalid("This moment is in the past.", f"{param}[timestamp]")
    return int(sent[kind])


def _pause_settings(sent: Body, known: Body) -> Body:
    before: Body = known or {
        "bill_for": {"outstanding_usage_through": {"type": "pause_at"}, "unused_time_from": {"type": "pause_at"}},
        "invoicing_behavior": "pending_invoice_item",
        "type": "subscription",
    }
    return before | sent | {"bill_for": before["bill_for"] | sent.get("bill_for", {})}


def _status(kind: str = "scheduled", error: Body | None = None) -> Body:
    return {"error": error, "type": kind}


def next_at(body: Body) -> int | None:
    """When a pause of a schedule begins, or ends."""
    for each in body["pause_schedules"]:
        if each["pause"]["status"]["type"] == "scheduled":
            return int(each["pause"]["pause_at"])
        if stands_still(body):
            at = int(each["resume"]["resume_at"])
            return at if each["resume"]["status"]["type"] == "scheduled" else at + _LOOKED_AT_AGAIN
    return None


def stands_still(body: Body) -> bool:
    """Whether a pause has begun whose end is set: until then no phase begins or ends."""
    return any(
        each["pause"]["status"]["type"] == "succeeded"
        and each["resume"] is not None
        and each["resume"]["status"]["type"] in ("scheduled", "pending")
        for each in body["pause_schedules"]
    )


def take_due(call: Call, body: Body) -> bool:
    """Do what is due, within somebody's call; whether there was anything. Raises StripeError where it cannot be."""
    part = _due(call, body)
    if part is None:
        return False
    _act(call, body, part)
    _note(call, body, part, None)
    return True


def fall_due(call: Call, body: Body) -> bool:
    """The same without a caller: what cannot be done is noted with the pause."""
    part = _due(call, body)
    if part is None:
        return False
    _note(call, body, part, attempt(call, lambda trial: _act(trial, body, part)))
    return True


def _due(call: Call, body: Body) -> Body | None:
    """The part of a pause that is due: its beginning or its end."""
    at = next_at(body)
    if at is None or at > call.now:
        return None
    entry: Body = body["pause_schedules"][0]
    begins = entry["pause"]["status"]["type"] == "scheduled"
    part: Body = entry["pause"] if begins else entry["resume"]
    return part


def _act(call: Call, body: Body, part: Body) -> None:
    """Pause its subscription, or let it go on. What is done already, or waits for its payment, is left alone."""
    owned, settings = subscription.get(call, body["subscription"]), part["settings"]
    if "pause_at" in part:
        since = settings["bill_for"]["unused_time_from"]["type"]
        asked: Body = {"unused_time_from": {"type": "now" if since == "pause_at" else since}}
        sent = {"bill_for": asked, "invoicing_behavior": settings["invoicing_behavior"]}
        pausing.pause(call, owned, sent, by=body["id"])
    elif part["status"]["type"] == "scheduled" and owned["status"] == "paused":
        anchor = {"type": "now" if settings["billing_cycle_anchor"] == "resume_at" else "unchanged"}
        pausing.resume(call, owned, settings | {"billing_cycle_anchor": anchor})


def _note(call: Call, body: Body, part: Body, refused: StripeError | None) -> None:
    """Say with the pause what became of it."""
    is_paused = subscription.get(call, body["subscription"])["status"] == "paused"
    if refused is not None:
        part["status"] = _status("error", {"code": refused.code, "message": refused.message})
    elif "pause_at" in part or not is_paused:
        part["status"] = _status("succeeded")
    elif part["status"]["type"] == "scheduled":
        part["status"] = _status("pending")
    else:
        part["status"] = _status("error", {"code": None, "message": "The invoice for the return was not paid in time."})
