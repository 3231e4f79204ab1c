"""Files and the links that share them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import requests
import stripe

from mock_server.resources.file import KB
from mock_server.testing import Mock, mock_stripe
from mock_server.testing.served import serve

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
PDF = b"%PDF-1.7\n"


def upload(shop: stripe.StripeClient, content: bytes = PNG, purpose: str = "business_logo", **more: Any) -> Any:
    return shop.v1.files.create({"file": BytesIO(content), "purpose": purpose, **more})


def opened(mock: Mock, url: str, key: str | None = None) -> Any:
    """What a browser gets, or a program with a key."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return mock.app.test_client().get("/" + url.split("/", 3)[3], headers=headers)


def test_an_uploaded_file_is_what_its_bytes_are(shop: stripe.StripeClient) -> None:
    named = BytesIO(PNG)
    named.name = "/home/jenny/logo.pdf"
    made = shop.v1.files.create({"file": named, "purpose": "business_logo"})
    assert (made.filename, made.type, made.size, made.expires_at) == ("logo.pdf", "png", 28, None)
    assert made.links is not None
    assert (made.links.data, made.links.url) == ([], f"/v1/file_links?file={made.id}")


def test_contents_are_served_to_the_key_that_has_uploaded_them(mock: Mock, shop: stripe.StripeClient) -> None:
    url = upload(shop).url
    answer = opened(mock, url, "sk_test_mock")
    assert (answer.data, answer.content_type) == (PNG, "image/png")
    assert opened(mock, url).status_code == 401
    assert opened(mock, url, "sk_test_other").status_code == 404


def test_what_is_no_image_is_downloaded_and_never_run(mock: Mock, shop: stripe.StripeClient) -> None:
    page = b"<html><svg onload=alert(1)></svg></html>"
    made = upload(shop, page, "tax_document_user_upload")
    headers = opened(mock, made.url, "sk_test_mock").headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("content", "purpose", "words"),
    [
        pytest.param(PDF, "business_logo", "gif, jpg, png", id="a logo is an image"),
        pytest.param(PNG, "pci_document", "pdf", id="a questionnaire is a document"),
        pytest.param(b"", "tax_document_user_upload", "empty", id="there is something in it"),
        pytest.param(PNG + bytes(512 * KB), "business_icon", "524288", id="an icon is small"),
    ],
)
def test_a_file_that_does_not_fit_its_purpose_is_refused(
    shop: stripe.StripeClient, content: bytes, purpose: str, words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        upload(shop, content, purpose)
    assert refused.value.param == "file"
    assert shop.v1.files.list().data == []


def test_a_file_comes_in_parts(mock: Mock) -> None:
    answer = mock.app.test_client().post(
        "/v1/files",
        data="file=logo&purpose=business_logo",
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": "Bearer sk_test_mock"},
    )
    assert answer.status_code == 400
    assert (answer.json or {})["error"]["param"] == "file"


def test_an_upload_has_an_upper_limit(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.StripeError, match="at most 16777216 bytes") as refused:
        upload(shop, PNG + bytes(17 * KB * KB), "identity_document")
    assert refused.value.http_status == 413


def test_other_calls_take_no_parts(mock: Mock) -> None:
    answer = mock.app.test_client().post(
        "/v1/customers", data={"name": (BytesIO(b"x"), "x")}, headers={"Authorization": "Bearer sk_test_mock"}
    )
    assert answer.status_code == 400
    assert "POST /v1/files" in (answer.json or {})["error"]["message"]


def test_the_same_upload_with_the_same_key_is_made_once(shop: stripe.StripeClient) -> None:
    options: Any = {"idempotency_key": "logo"}
    ids = {
        shop.v1.files.create({"file": BytesIO(PNG), "purpose": "business_logo"}, dict(options)).id  # type: ignore[arg-type]
        for _ in range(2)
    }
    assert len(ids) == 1
    with pytest.raises(stripe.IdempotencyError):
        shop.v1.files.create({"file": BytesIO(PNG + b"!"), "purpose": "business_logo"}, dict(options))  # type: ignore[arg-type]


def test_files_are_listed_by_purpose(shop: stripe.StripeClient) -> None:
    logo = upload(shop)
    upload(shop, purpose="business_icon")
    assert [found.id for found in shop.v1.files.list({"purpose": "business_logo"}).data] == [logo.id]


def test_evidence_is_gone_after_nine_months(mock: Mock, shop: stripe.StripeClient) -> None:
    made = upload(shop, PDF, "dispute_evidence")
    assert made.expires_at == made.created + 270 * 86_400
    mock.clock.to(made.expires_at)
    assert opened(mock, made.url, "sk_test_mock").status_code == 404


def test_identity_documents_are_not_given_back(shop: stripe.StripeClient) -> None:
    made = upload(shop, purpose="identity_document")
    assert made.url is None
    with pytest.raises(stripe.PermissionError, match="not downloaded"):
        shop.raw_request("get", f"/v1/files/{made.id}/contents")


def test_a_link_opens_for_anybody_until_it_expires(mock: Mock, shop: stripe.StripeClient) -> None:
    link = shop.v1.file_links.create({"file": upload(shop).id})
    assert link.url is not None
    answer = opened(mock, link.url)
    assert (answer.status_code, answer.data) == (200, PNG)
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert shop.v1.file_links.update(link.id, {"expires_at": "now"}).expired
    assert opened(mock, link.url).status_code == 404


def test_a_link_expires_by_itself(mock: Mock, shop: stripe.StripeClient) -> None:
    link = shop.v1.file_links.create({"file": upload(shop).id, "expires_at": mock.clock.now + 60})
    kept = shop.v1.file_links.create({"file": upload(shop).id})
    mock.clock.advance(61)
    assert [found.id for found in shop.v1.file_links.list({"expired": True}).data] == [link.id]
    assert [found.id for found in shop.v1.file_links.list({"expired": False}).data] == [kept.id]


def test_a_link_does_not_expire_in_the_past(mock: Mock, shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.file_links.create({"file": upload(shop).id, "expires_at": mock.clock.now - 1})
    assert refused.value.param == "expires_at"


def test_a_link_is_made_with_the_file(shop: stripe.StripeClient) -> None:
    made = upload(shop, file_link_data={"create": True, "metadata": {"for": "mail"}})
    assert made.links is not None
    [link] = made.links.data
    assert (link.file, link.metadata["for"]) == (made.id, "mail")
    assert [found.id for found in shop.v1.file_links.list({"file": made.id}).data] == [link.id]


def test_a_secret_file_is_not_shared(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="identity_document"):
        upload(shop, purpose="identity_document", file_link_data={"create": True})
    assert shop.v1.files.list().data == []


def test_a_guessed_link_leads_nowhere(mock: Mock, shop: stripe.StripeClient) -> None:
    link = shop.v1.file_links.create({"file": upload(shop).id})
    assert link.url is not None
    assert opened(mock, link.url[:-1]).status_code == 404
    assert opened(mock, link.url + "%00").status_code == 404


def test_the_files_host_is_mocked_too() -> None:
    with mock_stripe():
        made = stripe.File.create(file=BytesIO(PNG), purpose="business_icon")
        link = stripe.FileLink.create(file=made.id)
        assert link.url is not None
        assert requests.get(link.url, timeout=5).content == PNG


def test_files_are_uploaded_over_a_port(mock: Mock) -> None:
    with serve(mock) as served:
        made = served.client.v1.files.create({"file": BytesIO(PNG), "purpose": "business_icon"})
        assert made.url is not None
        assert made.url.startswith(served.url)
        assert requests.get(made.url, auth=("sk_test_mock", ""), timeout=5).content == PNG


def test_an_account_shows_its_logo(shop: stripe.StripeClient) -> None:
    logo = upload(shop)
    settings: Any = {"branding": {"logo": logo.id}}
    made = shop.v1.accounts.create({"type": "custom", "settings": settings, "expand": ["settings.branding.logo"]})
    assert made.settings is not None
    assert made.settings.branding.logo == logo


def test_a_logo_was_uploaded_as_one(shop: stripe.StripeClient) -> None:
    other = upload(shop, PDF, "pci_document")
    settings: Any = {"branding": {"icon": other.id}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.accounts.create({"type": "custom", "settings": settings})
    assert refused.value.param == "settings[branding][icon]"
