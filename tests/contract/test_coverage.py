"""What the stripe package can ask is read from its source; the page of coverage compares it with what is answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_portal.wire.params import Bool, Currency, Hash, ListOf, MapOf, Metadata, Money, OneOf, Params, Ref, Str
from mock_server.core.params import NotBuilt
from mock_server.coverage import Answered, answered, calls, declared, key_of, not_understood, parameters, report
from tests.contract.parameters import disagreements


class Amount(Params):
    amount_off = Money(required=True)


class AppliesTo(Params):
    products = ListOf(Ref("product"))


class CreateCoupon(Params):
    applies_to = Hash(AppliesTo)
    currency_options = MapOf(Hash(Amount), keys=Currency())
    duration = OneOf("forever", "once", "repeating")
    metadata = Metadata()
    name = Str(max_length=40)
    percent_off = NotBuilt("coupons by percent")


class Careless(Params):
    duration = OneOf("once", "always")
    metadata = Metadata(nullable=False)
    colour = Str()
    active = Bool(data_key="applies_to")


BEYOND = {
    ("GET", "/v1/charges/{}/refunds"): "an expanded charge's list names it to page through",
    ("GET", "/v1/files/{}/contents"): "the url of a file leads there",
    ("GET", "/v1/customers/{}/subscriptions"): "an expanded customer's list names it to page through",
}
PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
CREATE = Answered("POST", "/v1/coupons", CreateCoupon)


def test_every_call_of_the_services_is_found() -> None:
    assert len(calls()) > 500
    assert ("GET", "/v1/customers/{}/tax_ids/{}") in calls()
    assert ("DELETE", "/v1/subscriptions/{}") in calls()
    assert ("GET", "/v1/quotes/{}/pdf") in calls(), "a call that is answered with a stream"
    assert not any(path.startswith("/v2/") for _, path in calls())


def test_the_parameters_of_every_call_can_be_read() -> None:
    assert sum(len(parameters(*key)) for key in calls()) > 10_000


def test_parameters_know_what_is_required_what_unsets_and_which_values_there_are() -> None:
    found = parameters("POST", "/v1/subscriptions")
    assert found["items.price"].required is False
    assert found["add_invoice_items.period.end.type"].required is True
    assert found["collection_method"].values == {"charge_automatically", "send_invoice"}
    assert found["trial_end"].values is None, "a word or a number"
    assert found["default_tax_rates"].unsets is True
    assert "expand" not in found


def test_keys_of_the_callers_choice_are_stars() -> None:
    assert "currency_options.*.amount_off" in parameters("POST", "/v1/coupons")
    assert "currency_options.*.amount_off" in declared(CreateCoupon)


def test_keys_that_are_words_of_python_are_found() -> None:
    assert "country_options.in" in parameters("POST", "/v1/tax/registrations")


def test_what_is_not_understood_is_named_once_for_a_whole_hash() -> None:
    lacking = not_understood("POST", "/v1/prices", None)
    assert "recurring" in lacking
    assert "recurring.interval" not in lacking


def test_the_page_lists_built_calls_with_what_they_lack_and_the_others_by_resource() -> None:
    page = report([CREATE, Answered("POST", "/v1/test_helpers/magic", None)])
    row = next(line for line in page.splitlines() if line.startswith("| `POST /v1/coupons`"))
    assert "`percent_off`" in row
    assert "`duration`" not in row
    assert f"1 of {len(calls())} calls" in page
    assert "| billing_portal/sessions | `POST /billing_portal/sessions` |" in page
    assert "- `POST /v1/test_helpers/magic`" in page


def test_ids_in_paths_may_be_named_differently() -> None:
    assert key_of("post", "/v1/coupons/{id}") == key_of("POST", "/v1/coupons/{coupon}")


def test_a_call_that_agrees_with_the_package_has_no_disagreements() -> None:
    assert disagreements(CREATE) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "colour: the package knows no such parameter",
        "duration: always is no value of the package",
        "duration: forever, repeating is a value of the package",
        "metadata: an empty string unsets it, but is refused",
    ],
)
def test_each_disagreement_is_named(sentence: str) -> None:
    careless = Answered("POST", "/v1/coupons", Careless)
    assert f"POST /v1/coupons {sentence}" in disagreements(careless)


def test_the_page_says_what_the_mock_answers_today() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == report(answered()), "write it anew: python -m mock_server.coverage > docs/coverage.md"


def test_the_mock_answers_no_call_that_the_package_cannot_make() -> None:
    beyond = {key_of(route.method, route.path) for route in answered()} - calls().keys()
    assert beyond == BEYOND.keys()


def test_no_call_of_the_mock_disagrees_with_the_package() -> None:
    known = [route for route in answered() if key_of(route.method, route.path) in calls()]
    wrong = [sentence for route in known for sentence in disagreements(route)]
    assert not wrong, "\n".join(wrong)
