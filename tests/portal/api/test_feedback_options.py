"""A business's own reasons for leaving, in a configuration; on the mock, which has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from mock_server.testing import mock_stripe

PATH = "features[subscription_cancel][cancellation_reason][feedback_options]"
EXPANDED = "features.subscription_cancel.cancellation_reason.feedback_options"


@pytest.fixture
def client() -> Iterator[stripe.StripeClient]:
    with mock_stripe() as mock:
        yield mock.client


def reasons(*ids: str) -> Any:
    asked = {"enabled": True, "options": "", "feedback_options": list(ids) or ""}
    return {"subscription_cancel": {"enabled": True, "cancellation_reason": asked}}


def option(client: stripe.StripeClient, description: str = "I moved inland") -> str:
    return client.v1.billing.feedback_options.create({"description": description}).id


def served(configuration: Any) -> Any:
    return configuration.features.subscription_cancel.cancellation_reason.feedback_options


def test_options_are_kept_in_their_order(client: stripe.StripeClient) -> None:
    first, second = option(client), option(client, "Too much paper")
    made = client.v1.billing_portal.configurations.create({"features": reasons(second, first)})
    assert served(made) == [second, first]
    emptied = client.v1.billing_portal.configurations.update(made.id, {"features": reasons()})
    assert served(emptied) is None


def test_options_are_expanded(client: stripe.StripeClient) -> None:
    id = option(client)
    made = client.v1.billing_portal.configurations.create({"features": reasons(id), "expand": [EXPANDED]})
    assert [each.description for each in served(made)] == ["I moved inland"]
    found = client.v1.billing_portal.configurations.retrieve(made.id, {"expand": [EXPANDED]})
    assert [each.id for each in served(found)] == [id]
    named = client.v1.billing_portal.configurations.update(made.id, {"name": "Web", "expand": [EXPANDED]})
    assert [each.id for each in served(named)] == [id]


def test_an_option_that_is_not_there_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.billing_portal.configurations.create({"features": reasons(option(client), "fbo_1")})
    assert (refused.value.code, refused.value.param) == ("resource_missing", f"{PATH}[1]")


def test_a_deactivated_option_is_refused(client: stripe.StripeClient) -> None:
    id = option(client)
    client.v1.billing.feedback_options.deactivate(id)
    with pytest.raises(stripe.InvalidRequestError, match="inactive") as refused:
        client.v1.billing_portal.configurations.create({"features": reasons(id)})
    assert refused.value.param == f"{PATH}[0]"


def test_an_option_is_listed_once(client: stripe.StripeClient) -> None:
    id = option(client)
    with pytest.raises(stripe.InvalidRequestError, match="more than once"):
        client.v1.billing_portal.configurations.create({"features": reasons(id, id)})
