"""A resource: how its objects are stored, found and shown, and which calls reach it. Declared like a blueprint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import errors, ids
from flask_portal.wire.params import ListParams, Params

from . import json_text, listing
from .call import Body, Call
from .declared import Endpoint, Included, Key, Run, id_of
from .documents import Documents, Stored, table_of
from .params import NotBuilt

Create = Callable[[Call, Body], Body]
Update = Callable[[Call, Body, Body], Body]
Hook = Callable[..., None]
Narrow = Callable[[sa.Table, Body], Iterable[sa.ColumnElement[bool]]]

__all__ = ["Endpoint", "Included", "Key", "Resource", "merge", "merged_metadata"]

MOST = 1_000_000_000
"""No limit."""
PAGING = frozenset({"limit", "starting_after", "ending_before", "expand", "created"})


class Resource:
    """Objects of one kind.

    noun: the objects' `object`.
    path: the collection's address, or None when it has none of its own.
    prefix: of new ids.
    label: the name in "No such ...: 'id'"; the noun by default.
    search: promoted columns; every list filter must be one of them.
    expands: dotted path -> noun: ids that `expand` turns into objects. A list's elements are reached by `data`.
    embeds: dotted path -> noun: ids that are always shown as objects.
    includes: key -> Included: lists that are only there when expanded.
    hidden: keys that are stored with an object, and only shown when expanded. Those in a hash, given by a dotted path,
    are taken out by what is `shown`.
    private: whether stored objects have keys that begin with `_`; those are never shown.
    locks: whether a writing call that reads an object keeps other writers away from it.
    tables: further tables that belong to it; each has a column `account`.
    on_clocks: whether an object lives on the test clock of the call that makes it; one with a `customer` always does.
    happenings: names of what upper resources may want to join in, by `@resource.on(name)`.
    """

    def __init__(
        self,
        noun: str,
        path: str | None = None,
        *,
        prefix: str = "",
        label: str | None = None,
        search: Sequence[str | Key] = (),
        expands: Mapping[str, str] | None = None,
        embeds: Mapping[str, str] | None = None,
        includes: Mapping[str, Included] | None = None,
        hidden: Sequence[str] = (),
        private: bool = False,
        locks: bool = False,
        on_clocks: bool = False,
        happenings: Sequence[str] = (),
        tables: Sequence[sa.Table] = (),
    ) -> None:
        self.noun = noun
        self.path = path
        self.prefix = prefix
        self.label = label or noun
        self.keys = tuple(key if isinstance(key, Key) else Key(key) for key in search)
        self.expands = dict(expands or {})
        self.embeds = dict(embeds or {})
        self.includes = dict(includes or {})
        self.hidden = frozenset(hidden)
        self.private = private
        self.locks = locks or noun == "customer"
        self.on_clocks = on_clocks or noun == "customer"
        self.tables = tuple(tables)
        self.endpoints: list[Endpoint] = []
        self.hooks: dict[str, list[Hook]] = {name: [] for name in happenings}
        self.view: Callable[[Call, Body], Body] | None = None
        self.when_due: Callable[[Call, Body], None] | None = None
        self.found_out: dict[str, Callable[..., Any]] = {}
        self.table = table_of(noun, {key.name: key.type for key in self.keys})
        self.documents = Documents(self.table)
        self.has_customer = noun != "customer" and any(key.name == "customer" for key in self.keys)

    # What is stored

    def find(self, call: Call, id: str, *, lock: bool = False) -> Body | None:
        """The object, or None; a deleted one is its stub. In a writing call its customer is locked first.

        lock: keep other writers away from an object without a customer too, because it is about to be changed.
        """
        place = (call.account, self.noun, id)
        known = None if lock and call.store.row_locks else call.rows.get(place)
        found = known or self.documents.found(call.connection, call.account, id, lock=call.writes and self.locks)
        if found is None:
            return None
        if found.clock is not None:
            call.enter(found.clock)
        if call.writes:
            if known is None:
                if call.store.row_locks and (lock or self.has_customer):
                    found = self._locked(call, id, found)
                call.rows[place] = found
            call.remember(self.noun, id, found.text)
        body: Body = json_text.load(found.text)
        return body

    def _locked(self, call: Call, id: str, found: Stored) -> Stored:
        """The row once no other writer can change it: its customer stands for it, or else it does so itself."""
        owner = json_text.load(found.text).get("customer") if self.has_customer else None
        if owner:
            call.registry.lock_customer(call, id_of(owner))
        return self.documents.found(call.connection, call.account, id, lock=not owner) or found

    def due_of(self, call: Call, id: str) -> int | None:
        """When the object falls due; None for never, and where there is none."""
        self.find(call, id)
        stored = call.rows.get((call.account, self.noun, id))
        return None if stored is None else stored.due

    def peek(self, call: Call, id: str) -> Body | None:
        """The object for showing it only: it is not locked, and not remembered as what a change started from."""
        found = self.documents.text(call.connection, call.account, id)
        return None if found is None else json_text.load(found)

    def text(self, call: Call, id: str) -> str | None:
        """The stored JSON text of an object, or None."""
        return self.documents.text(call.connection, call.account, id, lock=call.writes and self.locks)

    def get(self, call: Call, id: str, param: str | None = None, *, lock: bool = False) -> Body:
        """The object, not a deleted one; else `resource_missing`, which names `param` when the id came in one."""
        body = self.find(call, id, lock=lock)
        if body is None or body.get("deleted"):
            raise self.missing(id, param)
        return body

    def missing(self, id: str, param: str | None = None) -> errors.StripeError:
        """The error that says there is no such object."""
        return errors.missing_object(self.label, id, param)

    def where(self, call: Call, *conditions: sa.ColumnElement[bool], limit: int = MOST, **keys: Any) -> list[Body]:
        """Objects with these column values, newest first, without deleted ones."""
        if conditions:
            texts = listing.texts(call, self, conditions, keys, limit)
        else:
            texts = self.documents.texts(call.connection, call.account, keys, limit)
        bodies: list[Body] = [json_text.load(text) for text in texts]
        if call.writes:
            for body, text in zip(bodies, texts, strict=True):
                call.remember(self.noun, body["id"], text)
        return bodies

    def new_id(self) -> str:
        """An id that nobody has yet."""
        return ids.new(self.prefix)

    def add(self, call: Call, body: Body, *, due: int | None = None) -> Body:
        """Store a new object. due: the moment at which its `when_due` is to be called."""
        row = {"clock": None} | self._row(call, body) | {"account": call.account, "due": due, "deleted": False}
        self.documents.insert(call.connection, row)
        call.rows[call.account, self.noun, row["id"]] = Stored(row["body"], row["clock"], due, row)
        call.note_moment(due)
        return body

    def save(self, call: Call, body: Body, **due: int | None) -> Body:
        """Store a changed object; `due=` also sets the moment at which `when_due` is to be called."""
        row = self._row(call, body) | due
        place = (call.account, self.noun, body["id"])
        before = call.rows.get(place)
        if before is None:
            self.documents.update(call.connection, call.account, body["id"], row)
        else:
            kept = {"clock": before.clock, "due": before.due}
            row = kept | row
            # A column that is named has its index written anew, even when it stays as it is.
            former = before.columns or self._row(call, json_text.load(before.text)) | kept
            changed = {name: value for name, value in row.items() if value != former[name]}
            if changed:
                self.documents.update(call.connection, call.account, body["id"], changed)
                call.rows[place] = Stored(row["body"], row["clock"], row["due"], row)
        call.note_moment(due.get("due"))
        return body

    def remove(self, call: Call, body: Body, *, keep: bool = False) -> Body:
        """Leave only the stub of a deleted object, and return it.

        keep: store the whole object, marked as deleted, for those that still refer to it.
        """
        stub = {"id": body["id"], "object": body["object"], "deleted": True}
        left = body | stub if keep else stub
        row = {"body": json_text.dump(left), "deleted": True, "due": None}
        self.documents.update(call.connection, call.account, body["id"], row)
        call.rows.pop((call.account, self.noun, body["id"]), None)
        return stub

    def discard(self, call: Call, id: str) -> None:
        """Remove an object without a trace."""
        self.documents.delete(call.connection, call.account, id)
        call.rows.pop((call.account, self.noun, id), None)

    def _row(self, call: Call, body: Body) -> dict[str, Any]:
        row = {"id": body["id"], "created": body.get("created", call.now), "body": json_text.dump(body)}
        for key in self.keys:
            row[key.name] = key.value(body) if key.of else id_of(body.get(key.name))
        if call.clock is not None and (self.on_clocks or row.get("customer") is not None):
            row["clock"] = call.clock
        return row

    # What upper resources join in

    def on(self, happening: str) -> Callable[[Hook], Hook]:
        """Call the function when `happening` happens to an object, in the same transaction."""

        def register(function: Hook) -> Hook:
            self.hooks[happening].append(function)
            return function

        return register

    def tell(self, call: Call, happening: str, *what: Any) -> None:
        """Let upper resources join in."""
        for hook in self.hooks[happening]:
            hook(call, *what)

    # What is shown

    def shown(self, function: Callable[[Call, Body], Body]) -> Callable[[Call, Body], Body]:
        """Pass every object through `function` before it is shown, for what is not stored in it."""
        self.view = function
        return function

    def expanded(self, key: str) -> Callable[[Callable[[Call, Body], Any]], Callable[[Call, Body], Any]]:
        """Find out the value of a hidden key from the stored object by the function, when it is expanded."""

        def register(function: Callable[[Call, Body], Any]) -> Callable[[Call, Body], Any]:
            self.found_out[key] = function
            return function

        return register

    def due(self, function: Callable[[Call, Body], None]) -> Callable[[Call, Body], None]:
        """Call the function when an object's `due` moment has come; it must save the object with another one."""
        self.when_due = function
        return function

    # Which calls reach it

    def create(self, params: type[Params]) -> Callable[[Create], Create]:
        """POST to the collection."""

        def register(function: Create) -> Create:
            self.endpoint("POST", self._collection(), params)(lambda call, _ids, sent: function(call, sent))
            return function

        return register

    def update(self, params: type[Params]) -> Callable[[Update], Update]:
        """POST to an object."""
        return self.action("", params)

    def action(self, suffix: str, params: type[Params], method: str = "POST") -> Callable[[Update], Update]:
        """A call on one object: its body is loaded first."""

        def register(function: Update) -> Update:
            def run(call: Call, found: dict[str, str], sent: Body) -> Body:
                return function(call, self.get(call, found["id"], lock=True), sent)

            self.endpoint(method, f"{self._collection()}/{{id}}{suffix}", params)(run)
            return function

        return register

    def delete(self, params: type[Params] = Params) -> Callable[[Update], Update]:
        """DELETE an object."""
        return self.action("", params, "DELETE")

    def retrieves(self, params: type[Params] = Params, *, stubs: bool = True) -> None:
        """GET an object. stubs: whether a deleted one is answered with its stub, and not as if it never was."""

        def run(call: Call, found: dict[str, str], sent: Body) -> Body | str:
            text = self.text(call, found["id"])
            if text is None:
                raise self.missing(found["id"], "id")
            if stubs and self._is_shown_as_stored(text):
                return text
            body: Body = json_text.load(text)
            if body.get("deleted") and not stubs:
                raise self.missing(found["id"], "id")
            return body

        self.endpoint("GET", f"{self._collection()}/{{id}}", params)(run)

    def _is_shown_as_stored(self, text: str) -> bool:
        """Whether the stored text is the answer: nothing is put in, and it has no key that is kept back."""
        if self.embeds or self.view is not None or (self.private and '"_' in text):
            return False
        return not any(f'"{path.rpartition(".")[2]}":' in text for path in self.hidden)

    def lists(
        self, params: type[ListParams] = ListParams, narrow: Narrow | None = None, narrows: Sequence[str] = ()
    ) -> None:
        """GET the collection. Each filter is a column, or one of `narrows`, for which `narrow` makes conditions."""
        columns = {key.name for key in self.keys}
        filters = {name for name, field in params().fields.items() if not isinstance(field, NotBuilt)}
        unknown = filters - columns - PAGING - set(narrows)
        if unknown:
            raise TypeError(f"{self.noun} lists filter by {sorted(unknown)}, which are no search keys of it")

        def run(call: Call, _found: dict[str, str], sent: Body) -> Body:
            keys = {name: sent[name] for name in columns & sent.keys() - set(narrows)}
            return self.page(call, self._collection(), sent, narrow(self.table, sent) if narrow else (), **keys)

        self.endpoint("GET", self._collection(), params)(run)

    def page(
        self, call: Call, url: str, sent: Body, conditions: Iterable[sa.ColumnElement[bool]] = (), **keys: Any
    ) -> Body:
        """A list object: those with these column values, paged as `sent` asks by limit, cursors and `created`."""
        return listing.page(call, self, url, sent, conditions, keys)

    def endpoint(
        self, method: str, path: str, params: type[Params] = Params, writes: bool | None = None, upload: int = 0
    ) -> Callable[[Run], Run]:
        """Any other call: the function gets the ids in the path by name."""

        def register(run: Run) -> Run:
            changes = method != "GET" if writes is None else writes
            self.endpoints.append(Endpoint(method, path, params, run, changes, upload))
            return run

        return register

    def _collection(self) -> str:
        if self.path is None:
            raise TypeError(f"{self.noun} has no address of its own")
        return self.path


def merge(body: Body, sent: Body, *, skip: Iterable[str] = ()) -> Body:
    """The patch rule: sent keys replace, nested maps and metadata merge by key, null unsets. Changes `body`."""
    ignored = {"expand", *skip}
    for key, value in sent.items():
        if key in ignored:
            continue
        if key == "metadata":
            body[key] = merged_metadata(body.get(key), value)
        elif isinstance(value, dict) and isinstance(body.get(key), dict):
            merge(body[key], value)
        else:
            body[key] = value
    return body


def merged_metadata(stored: Mapping[str, str] | None, sent: Mapping[str, str | None] | None) -> dict[str, str]:
    """Metadata after an update: keys merge, an empty value removes its key, null removes all."""
    if sent is None:
        return {}
    together = dict(stored or {}) | dict(sent)
    kept = {key: value for key, value in together.items() if value is not None}
    if len(kept) > 50:
        raise errors.invalid("Metadata can have at most 50 keys.", "metadata")
    return kept
