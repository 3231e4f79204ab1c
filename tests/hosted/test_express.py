"""Where a login link leads."""

from __future__ import annotations

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor
from tests.hosted.test_onboarding import link_for


def onboarded(shop: stripe.StripeClient, mock: Mock) -> str:
    """The id of an Express account that has told everything."""
    account = shop.v1.accounts.create({"type": "express", "capabilities": {"card_payments": {"requested": True}}}).id
    Visitor(mock).answer(link_for(shop, account))
    return account


def test_a_link_opens_once(mock: Mock, shop: stripe.StripeClient) -> None:
    account = onboarded(shop, mock)
    url = shop.v1.accounts.login_links.create(account).url
    page = Visitor(mock).open(url)
    assert (page.status_code, account in page.text) == (200, True)
    assert "You can take payments" in page.text
    assert Visitor(mock).open(url).status_code == 404


def test_an_account_that_was_rejected_learns_that_something_is_missing(mock: Mock, shop: stripe.StripeClient) -> None:
    account = onboarded(shop, mock)
    url = shop.v1.accounts.login_links.create(account).url
    shop.v1.accounts.reject(account, {"reason": "other"})
    assert "Something is still missing" in Visitor(mock).open(url).text


@pytest.mark.parametrize("kind", ["standard", "custom", "express"])
def test_only_onboarded_express_accounts_have_links(shop: stripe.StripeClient, kind: str) -> None:
    account = shop.v1.accounts.create({"type": kind}).id  # type: ignore[typeddict-item]
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.accounts.login_links.create(account)


@pytest.mark.parametrize("path", ["/express/acct_1x/lael_x", "/express/%00/lael_x", "/express/acct_1x/%00"])
def test_a_wrong_link_finds_nothing(mock: Mock, path: str) -> None:
    assert mock.app.test_client().get(path).status_code == 404
