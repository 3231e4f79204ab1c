"""A session for one task opens that task's pages and no others."""

from __future__ import annotations

from flask import abort, request

from flask_portal.pages import visit as visits

_CHANGE = frozenset(
    {
        "overview",
        "review",
        "do_update",
        "update_card",
        "updated",
        "finish_update",
        "undo_update",
        "do_undo_update",
    }
)

_PAGES = {
    "customer_update": frozenset(
        {"overview", "details", "save_details", "details_saved", "add_tax_id", "remove_tax_id"}
    ),
    "payment_method_update": frozenset(
        {"overview", "add_method", "do_add_method", "method_added", "use_added_method", "method_result"}
    ),
    "subscription_cancel": frozenset({"overview", "cancel", "do_cancel", "offer", "result", "reason"}),
    "subscription_update": _CHANGE | {"update"},
    "subscription_update_confirm": _CHANGE,
}

_ANYWHERE = frozenset({"receipt"})
"""What each flow may lead to, of what was done in it."""


def keep_to_task() -> None:
    """Before each page: 404 for what is not part of the session's flow."""
    visit = visits.current()
    if visit.flow is None:
        return
    page = (request.endpoint or "").rpartition(".")[2]
    kind = visit.flow["type"]
    if page not in _PAGES.get(kind, frozenset()) | _ANYWHERE:
        abort(404)
    named = (request.view_args or {}).get("id")
    own = (visit.flow.get(kind) or {}).get("subscription")
    if own is not None and named not in (None, own):
        abort(404)
