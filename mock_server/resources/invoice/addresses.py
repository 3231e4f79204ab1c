"""Where an invoice can be looked at by those who know its address. It is stored without scheme and host, which change
when the mock is started on another port.

Source: docs.stripe.com/invoicing/hosted-invoice-page
"""

from __future__ import annotations

import hmac

from flask_portal.wire import ids
from mock_server.core.call import Body, Call


def given(call: Call, body: Body) -> Body:
    """The addresses that an invoice gets when it is finalised: of its page, and of its PDF."""
    path = f"/i/{call.account}/{body['id']}_secret_{ids.characters(32)}"
    return {"hosted_invoice_url": path, "invoice_pdf": f"{path}/pdf"}


def shown(call: Call, body: Body) -> Body:
    """The whole addresses."""
    if not body["hosted_invoice_url"]:
        return {}
    return {name: call.base_url + body[name] for name in ("hosted_invoice_url", "invoice_pdf")}


def is_token(body: Body, token: str) -> bool:
    """Whether this is the secret part of the invoice's address."""
    own: str = body["hosted_invoice_url"].rpartition("/")[2]
    return hmac.compare_digest(own.encode(), token.encode())
