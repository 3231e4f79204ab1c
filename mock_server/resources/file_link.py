"""File links: addresses under which anybody may open a file, until they expire.

Source: docs.stripe.com/api/file_links
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from flask_portal.wire import errors, ids, lists
from flask_portal.wire.params import Bool, Metadata, NowOrTimestamp, Params, Ref, Timestamp
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource, merge

from . import file as files
from .common import ListByCreation

SHARED_BY_LINK = (
    *(name for name, purpose in files.PURPOSES.items() if purpose.shared),
    *(name for name in files.MADE_BY_STRIPE if name != "document_provider_identity_document"),
)
LINKS_SHOWN = 10

file_link = Resource(
    "file_link",
    "/v1/file_links",
    prefix="link",
    label="file link",
    search=("file", Key("expires_at", int), Key("token", of="_token")),
    expands={"file": "file"},
    private=True,
)


class Create(Params):
    expires_at = Timestamp()
    file = Ref("file", required=True)
    metadata = Metadata(nullable=True)


class Update(Params):
    expires_at = NowOrTimestamp(nullable=True)
    metadata = Metadata(nullable=True)


class List(ListByCreation):
    expired = Bool()
    file = Ref("file")


def add(call: Call, target: Body, sent: Body) -> Body:
    """A new link to a file."""
    check_time(call, sent.get("expires_at"))
    token = ids.secret("fl")
    body = {
        "id": file_link.new_id(),
        "object": "file_link",
        "created": call.now,
        "expires_at": sent.get("expires_at"),
        "file": target["id"],
        "livemode": call.livemode,
        "metadata": sent.get("metadata") or {},
        "url": f"{call.base_url}/links/{call.account}/{token}",
        "_token": token,
    }
    return file_link.add(call, body)


def check_time(call: Call, at: int | None) -> None:
    """A link expires in the future."""
    if at is not None and at <= call.now:
        raise errors.invalid("A link expires at a moment in the future; send 'now' to expire it at once.", "expires_at")


def is_expired(call: Call, body: Body) -> bool:
    return body["expires_at"] is not None and body["expires_at"] <= call.now


@files.file.on("shared")
def share(call: Call, target: Body, sent: Body) -> None:
    """A file was uploaded together with the wish for a link."""
    files.for_purpose(call, target["id"], SHARED_BY_LINK, "file_link_data[create]")
    add(call, target, sent)


@files.file.shown
def with_links(call: Call, body: Body) -> Body:
    """A file is shown with the newest links to it."""
    newest = file_link.where(call, file=body["id"], limit=LINKS_SHOWN + 1)
    shown, more = lists.cut([call.registry.render(call, link) for link in newest], LINKS_SHOWN)
    return body | {"links": lists.envelope(f"/v1/file_links?file={body['id']}", shown, more)}


@file_link.shown
def with_its_state(call: Call, body: Body) -> Body:
    return body | {"expired": is_expired(call, body)}


@file_link.create(Create)
def create(call: Call, sent: Body) -> Body:
    target = files.for_purpose(call, sent["file"], SHARED_BY_LINK, "file")
    return add(call, target, sent)


@file_link.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if sent.get("expires_at") == "now":
        sent["expires_at"] = call.now
    else:
        check_time(call, sent.get("expires_at"))
    return file_link.save(call, merge(body, sent))


def by_token(call: Call, token: str) -> Body | None:
    """The file that a link leads to; None when it is no link, or one that has expired."""
    found = file_link.where(call, token=token, limit=1)
    if not found or is_expired(call, found[0]):
        return None
    return files.file.find(call, found[0]["file"])


@file_link.endpoint("GET", "/v1/file_links", List)
def list_links(call: Call, _found: dict[str, str], sent: Body) -> Body:
    keys = {"file": sent["file"]} if "file" in sent else {}
    return file_link.page(call, "/v1/file_links", sent, by_state(call, sent.get("expired")), **keys)


def by_state(call: Call, expired: bool | None) -> Iterator[sa.ColumnElement[bool]]:
    """Conditions for links that have expired, or that have not."""
    at = file_link.table.c.expires_at
    if expired is not None:
        yield at <= call.now if expired else sa.or_(at.is_(None), at > call.now)


file_link.retrieves()
