"""Which contract a declaration means, and what a program may do about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flask_portal.rules import declarations as rules
from flask_portal.rules.declarations import Candidate
from flask_portal.rules.subscriptions import SubscriptionView
from tests.portal.rules import bodies

BODY = bodies.subscription()
PLAIN = SubscriptionView.of(BODY, {}, {item["price"]["product"]: "Magazine" for item in BODY["items"]["data"]})


def candidate(id: str, name: str = "Magazine", customer: str = "cus_1", **values: object) -> Candidate:
    items = tuple(replace(item, name=name) for item in PLAIN.items)
    return Candidate(customer, replace(PLAIN, id=id, items=items, **values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("contract", "candidates", "found"),
    [
        pytest.param("anything", [candidate("sub_1")], "sub_1", id="there is only one"),
        pytest.param("anything", [], None, id="none"),
        pytest.param("x", [candidate("sub_1", is_live=False)], None, id="it is over"),
        pytest.param("x", [candidate("sub_1", is_live=False), candidate("sub_2")], "sub_2", id="the one that lives"),
        pytest.param("x", [candidate("sub_1"), candidate("sub_2", "Atlas")], None, id="two, and none named"),
        pytest.param("my ATLAS", [candidate("sub_1"), candidate("sub_2", "Atlas")], "sub_2", id="named"),
        pytest.param("No. SUB_1", [candidate("sub_1"), candidate("sub_2")], "sub_1", id="by its id"),
        pytest.param("Magazine", [candidate("sub_1"), candidate("sub_2")], None, id="two of the same name"),
        pytest.param("x", [candidate("sub_1"), candidate("sub_2", customer="cus_2")], None, id="two customers"),
    ],
)
def test_a_declaration_means_the_one_subscription_that_fits(
    contract: str, candidates: list[Candidate], found: str | None
) -> None:
    match = rules.match(contract, candidates)
    assert (match.view.id if match else None) == found


@pytest.mark.parametrize(
    ("kind", "manner", "values", "may"),
    [
        pytest.param("cancellation", "ordinary", {}, True, id="ordinary"),
        pytest.param("cancellation", "extraordinary", {}, False, id="extraordinary"),
        pytest.param("withdrawal", None, {}, False, id="withdrawal"),
        pytest.param("cancellation", "ordinary", {"ends_at": 1}, False, id="ends already"),
        pytest.param("cancellation", "ordinary", {"has_schedule": True}, False, id="a change is planned"),
        pytest.param("cancellation", "ordinary", {"status": "incomplete"}, False, id="it has not begun"),
    ],
)
def test_a_program_executes_only_what_can_be_taken_back(
    kind: str, manner: str | None, values: dict[str, object], may: bool
) -> None:
    assert rules.may_execute(kind, manner, candidate("sub_1", **values).view) is may


@pytest.mark.parametrize(
    ("wished", "period_end", "at"),
    [
        pytest.param(None, 1000, None, id="no wish"),
        pytest.param(999, 1000, None, id="earlier than what is paid for"),
        pytest.param(1000, 1000, None, id="the same moment"),
        pytest.param(1001, 1000, 1001, id="later"),
        pytest.param(1001, None, None, id="no period is known"),
    ],
)
def test_a_wish_counts_when_it_is_later_than_what_is_paid_for(
    wished: int | None, period_end: int | None, at: int | None
) -> None:
    assert rules.end_of(wished, candidate("sub_1", last_period_end=period_end).view) == at
