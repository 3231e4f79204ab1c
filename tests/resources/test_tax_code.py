"""Tax codes: a table that can be read."""

from __future__ import annotations

import pytest
import stripe


def test_codes_are_listed_in_pages(shop: stripe.StripeClient) -> None:
    found = [code.id for code in shop.v1.tax_codes.list({"limit": 3}).auto_paging_iter()]
    assert (len(found), found == sorted(found), found[-1]) == (10, True, "txcd_99999999")
    before = shop.v1.tax_codes.list({"ending_before": found[4], "limit": 2})
    assert ([code.id for code in before.data], before.has_more) == (found[2:4], True)


def test_a_code_is_retrieved(shop: stripe.StripeClient) -> None:
    assert shop.v1.tax_codes.retrieve("txcd_92010001").name == "Shipping"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.tax_codes.retrieve("txcd_1")
    assert (refused.value.code, refused.value.http_status) == ("resource_missing", 404)
