"""Files: what is uploaded for a purpose. The contents are kept beside the objects, in a table of their own.

The guide gives limits and kinds for the most used purposes only; the others have the widest limits here.
Source: docs.stripe.com/api/files, docs.stripe.com/file-upload
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Hash, Metadata, OneOf, Params, Timestamp
from mock_server.core.blob import Blob, Uploaded
from mock_server.core.call import Body, Call
from mock_server.core.params import Upload
from mock_server.core.resource import Resource

from .common import ListByCreation

KB, MB = 1024, 1024 * 1024
DAY = 86_400
SVG = b"<svg"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"%PDF-", "pdf"),
)
"""How contents begin: what a file is called says nothing about what it is."""
MEDIA_TYPES: Mapping[str, str] = {
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
}
OTHERWISE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a file may be. kinds: none for any.  most: bytes.  days: until it expires.  shared: whether it is served."""

    kinds: tuple[str, ...] = ()
    most: int = 16 * MB
    days: int | None = None
    shared: bool = True


PHOTOS, SCANS = ("gif", "jpg", "png"), ("jpg", "pdf", "png")

PURPOSES: Mapping[str, Purpose] = {
    "account_requirement": Purpose(SCANS, shared=False),
    "additional_verification": Purpose(SCANS, shared=False),
    "business_icon": Purpose(PHOTOS, 512 * KB),
    "business_logo": Purpose(PHOTOS, 512 * KB),
    "customer_signature": Purpose(("jpg", "png", "svg"), 4 * MB, days=7),
    "dispute_evidence": Purpose(SCANS, 5 * MB, days=270),
    "identity_document": Purpose(SCANS, shared=False),
    "issuing_regulatory_reporting": Purpose(),
    "pci_document": Purpose(("pdf",)),
    "platform_terms_of_service": Purpose(("pdf",), shared=False),
    "tax_document_user_upload": Purpose(),
    "terminal_android_apk": Purpose(),
    "terminal_reader_splashscreen": Purpose(PHOTOS, 2 * MB),
    "terminal_wifi_certificate": Purpose(shared=False),
    "terminal_wifi_private_key": Purpose(shared=False),
}
"""Those that can be uploaded."""
MADE_BY_STRIPE = (
    "document_provider_identity_document",
    "finance_report_run",
    "financial_account_statement",
    "identity_document_downloadable",
    "selfie",
    "sigma_scheduled_query",
)
MOST = max(purpose.most for purpose in PURPOSES.values())

contents = sa.Table(
    "mock_file_contents",
    sa.MetaData(),
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("file", sa.String(255), primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

file = Resource("file", "/v1/files", prefix="file", search=("purpose",), happenings=("shared",), tables=(contents,))


class LinkData(Params):
    create = Bool(required=True)
    expires_at = Timestamp()
    metadata = Metadata(nullable=True)


class Create(Params):
    file = Upload(required=True)
    file_link_data = Hash(LinkData)
    purpose = OneOf(*PURPOSES, required=True)


class List(ListByCreation):
    purpose = OneOf(*PURPOSES, *MADE_BY_STRIPE)


def kind_of(content: bytes) -> str | None:
    """What the bytes are, by how they begin; None when that is not known."""
    for signature, kind in SIGNATURES:
        if content.startswith(signature):
            return kind
    return "svg" if SVG in content[:KB].lower() else None


def check(uploaded: Uploaded, kind: str | None, purpose: str) -> None:
    """A file fits its purpose: neither too large nor of another kind."""
    rules = PURPOSES[purpose]
    if not uploaded.content:
        raise errors.invalid("The file that was sent is empty.", "file")
    if len(uploaded.content) > rules.most:
        raise errors.invalid(f"A file for {purpose} has at most {rules.most} bytes.", "file")
    if rules.kinds and kind not in rules.kinds:
        raise errors.invalid(f"A file for {purpose} is one of these: {', '.join(rules.kinds)}.", "file")


def base_name(filename: str) -> str:
    """The name without the folders that a client may have sent with it."""
    return PurePath(PureWindowsPath(filename).name).name[:255] or "blob"


def represent(call: Call, uploaded: Uploaded, kind: str | None, purpose: str) -> Body:
    """The object of a new file."""
    id = file.new_id()
    rules = PURPOSES[purpose]
    name = base_name(uploaded.filename)
    return {
        "id": id,
        "object": "file",
        "created": call.now,
        "expires_at": None if rules.days is None else call.now + rules.days * DAY,
        "filename": name,
        "purpose": purpose,
        "size": len(uploaded.content),
        "title": None,
        "type": kind or PurePath(name).suffix[1:].lower() or None,
        "url": f"{call.base_url}/v1/files/{id}/contents" if rules.shared else None,
    }


@file.endpoint("POST", "/v1/files", Create, upload=MOST)
def create(call: Call, _found: dict[str, str], sent: Body) -> Body:
    uploaded: Uploaded = sent["file"]
    kind = kind_of(uploaded.content)
    check(uploaded, kind, sent["purpose"])
    body = file.add(call, represent(call, uploaded, kind, sent["purpose"]))
    row = {"account": call.account, "file": body["id"], "content": uploaded.content}
    call.connection.execute(sa.insert(contents).values(row))
    wanted = sent.get("file_link_data", {})
    if wanted.get("create"):
        file.tell(call, "shared", body, wanted)
    return body


def blob(call: Call, body: Body) -> Blob:
    """What is in a file; StripeError 404 once it has expired, 403 where Stripe serves it to nobody."""
    if body["url"] is None:
        raise errors.forbidden(f"Files for {body['purpose']} can be uploaded, and not downloaded.")
    if body["expires_at"] is not None and body["expires_at"] <= call.now:
        raise errors.missing_object("file", body["id"])
    mine = (contents.c.account == call.account, contents.c.file == body["id"])
    found: bytes = call.connection.execute(sa.select(contents.c.content).where(*mine)).scalar_one()
    media_type = MEDIA_TYPES.get(kind_of(found) or "", OTHERWISE)
    return Blob(found, media_type, body["filename"])


def for_purpose(call: Call, id: str, purposes: tuple[str, ...], param: str) -> Body:
    """A file that was uploaded for one of the purposes; StripeError for any other."""
    body = file.get(call, id, param)
    if body["purpose"] not in purposes:
        message = f"The file {id} was uploaded for {body['purpose']}: this takes one for {errors.listed(purposes)}."
        raise errors.invalid(message, param)
    return body


@file.endpoint("GET", "/v1/files/{id}/contents")
def retrieve_contents(call: Call, found: dict[str, str], _sent: Body) -> Blob:
    return blob(call, file.get(call, found["id"]))


file.retrieves()
file.lists(List)
