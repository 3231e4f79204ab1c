"""A shop on an in-process mock, and its customers as they come to the portal: with a plain client and no script."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import stripe
from werkzeug.test import Client, TestResponse

from mock_server.testing import Mock

RETURN_URL = "https://shop.example/account"


@dataclass(frozen=True)
class Reader:
    """A customer, and the subscription that they have."""

    customer: str
    subscription: str


class Shop:
    """A magazine with one plan, on a mock of its own."""

    def __init__(self) -> None:
        self.mock = Mock()
        self.client = stripe.StripeClient(
            "sk_test_journeys", http_client=self.mock.transport, max_network_retries=0
        )
        product = self.client.v1.products.create(
            {
                "name": "Magazine",
                "default_price_data": {"currency": "usd", "unit_amount": 2900, "recurring": {"interval": "month"}},
            }
        )
        self.price = str(product.default_price)

    def reader(self, email: str, **subscription: Any) -> Reader:
        """A customer with a Visa card and a subscription."""
        customer = self.client.v1.customers.create(
            {
                "name": email.partition("@")[0].title(),
                "email": email,
                "payment_method": "pm_card_visa",
                "invoice_settings": {"default_payment_method": "pm_card_visa"},
            }
        )
        made = self.client.v1.subscriptions.create(
            {"customer": customer.id, "items": [{"price": self.price}], **subscription}  # type: ignore[typeddict-item]
        )
        return Reader(customer.id, made.id)

    def link(self, reader: Reader, **more: Any) -> str:
        """The path of a fresh portal link."""
        params: Any = {"customer": reader.customer, "return_url": RETURN_URL, **more}
        return path_of(self.client.v1.billing_portal.sessions.create(params).url)

    def visit(self, reader: Reader, **more: Any) -> Visitor:
        """A browser that has followed a fresh link of this customer."""
        visitor = Visitor(self.browser())
        visitor.follow(self.link(reader, **more))
        return visitor

    def browser(self) -> Client:
        return Client(self.mock.app, TestResponse)

    def events(self) -> list[str]:
        """The types of all events so far, newest first."""
        return [event.type for event in self.client.v1.events.list({"limit": 100}).data]


class Visitor:
    """Somebody with a browser that runs no script: reads a page, fills in its forms, follows its links."""

    def __init__(self, browser: Client) -> None:
        self.browser = browser
        self.home = ""
        self.page: TestResponse | None = None

    def follow(self, link: str) -> TestResponse:
        """Open a portal link, and remember where its pages begin."""
        answer = self.get(link)
        if answer.request.path.startswith("/p/bps_"):
            self.home = re.match(r"/p/bps_\w+", answer.request.path).group()  # type: ignore[union-attr]
        return answer

    def get(self, path: str) -> TestResponse:
        self.page = self.browser.get(path, follow_redirects=True)
        return self.page

    def go(self, below: str) -> TestResponse:
        """Open a page of this visit."""
        return self.get(self.home + below)

    def post(self, path: str, form: dict[str, str], *, follow: bool = True) -> TestResponse:
        """Send a form as a browser would: with the token of the last page that had one."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = self.browser.post(path, data=form, headers=headers)
        if follow and answer.status_code == 303 and urlsplit(answer.location).netloc == "":
            return self.get(answer.location)
        self.page = answer
        return answer

    def submit(self, containing: str, **typed: str) -> TestResponse:
        """Send the form of the current page in which `containing` stands, with its values and what was typed."""
        form = next(form for form in forms(self.text) if containing in form)
        action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
        where = unescape(action.group(1)) if action and action.group(1) else self.path
        return self.post(where, {**fields(form), **{name: value for name, value in typed.items()}})

    @property
    def text(self) -> str:
        return self.page.get_data(as_text=True) if self.page is not None else ""

    @property
    def path(self) -> str:
        return self.page.request.path if self.page is not None else ""

    def token(self, below: str) -> str:
        """A CSRF token of this visit, from a page that has a form."""
        self.go(below)
        return fields(self.text)["csrf_token"]


def path_of(url: str) -> str:
    return urlsplit(url).path


def forms(html: str) -> list[str]:
    return re.findall(r"<form\b.*?</form>", html, re.DOTALL)


def fields(html: str) -> dict[str, str]:
    """Names and values of hidden and text fields."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input\b[^>]*>", html):
        attributes = dict(re.findall(r'([\w:-]+)="([^"]*)"', tag))
        if attributes.get("type") in ("radio", "checkbox", "submit") or "name" not in attributes:
            continue
        found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found
