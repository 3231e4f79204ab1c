"""The portal's pages. The same views stand at two places: behind a link, and for the host's signed-in user."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, g
from werkzeug.routing import BaseConverter

from flask_portal import i18n, security
from flask_portal.config import Settings
from flask_portal.host import Host
from flask_portal.pages import (
    add_method,
    cancel,
    declarations,
    details,
    expired,
    fix,
    flow,
    history,
    invoice,
    invoice_files,
    invoices,
    link,
    login,
    message,
    offers,
    other_card,
    overview,
    paid,
    pause,
    pay_invoice,
    payment_method,
    payment_methods,
    recovery,
    remove_method,
    renew,
    result,
    resume,
    review,
    start_again,
    subscription,
    tax_id_changes,
    undo_update,
    update,
    updated,
    visit,
)
from flask_portal.rules import policies
from flask_portal.rules.declarations import CANCELLATION, WITHDRAWAL


class SessionIdConverter(BaseConverter):
    """The id of a portal session in an address; what does not look like one belongs to the other pages."""

    regex = "bps_[A-Za-z0-9]+"


class ObjectIdConverter(BaseConverter):
    """An id of Stripe's; `.` and `..` would be understood as steps in the address that it is looked up at."""

    regex = "[A-Za-z0-9_]+"


def register(app: Flask, settings: Settings, host: Host) -> None:
    """Put all pages below `PORTAL_URL_PREFIX`."""
    app.url_map.converters["portal_session_id"] = SessionIdConverter
    app.url_map.converters["portal_object_id"] = ObjectIdConverter
    prefix = settings.url_prefix
    app.register_blueprint(_assets(prefix))
    app.register_blueprint(_entrance(prefix))
    app.register_blueprint(_public(prefix, settings))
    app.register_blueprint(_behind_link(prefix))
    if host.has_users:
        app.register_blueprint(_for_signed_in_users(prefix))


def _assets(prefix: str) -> Blueprint:
    blueprint = Blueprint(
        "portal_static", __name__, static_folder="../static", static_url_path="/static", url_prefix=prefix
    )
    security.protect(blueprint)
    return blueprint


def _entrance(prefix: str) -> Blueprint:
    blueprint = Blueprint("portal_entrance", __name__, url_prefix=prefix)
    _prepare(blueprint)
    blueprint.add_url_rule("/session/<token>", "follow", link.follow)
    blueprint.add_url_rule("/session/<token>/send-code", "send_code", recovery.send, methods=["POST"])
    blueprint.add_url_rule("/session/<token>/code", "code", recovery.ask)
    blueprint.add_url_rule("/session/<token>/code", "enter_code", recovery.enter, methods=["POST"])
    blueprint.add_url_rule("/login/<login_id>", "login", login.show)
    blueprint.add_url_rule("/login/<login_id>", "send_login_code", login.send, methods=["POST"])
    blueprint.add_url_rule("/login/<login_id>/code", "login_code", login.ask)
    blueprint.add_url_rule("/login/<login_id>/code", "enter_login_code", login.enter, methods=["POST"])
    return blueprint


def _public(prefix: str, settings: Settings) -> Blueprint:
    """What works without a login, as far as it is switched on."""
    blueprint = Blueprint("portal_public", __name__, url_prefix=prefix)
    _prepare(blueprint)
    kinds = (
        ("cancel", CANCELLATION, settings.public_cancel),
        ("withdraw", WITHDRAWAL, settings.public_withdraw),
    )
    for name, kind, is_on in kinds:
        if is_on:
            show, submit = declarations.views(kind)
            blueprint.add_url_rule(f"/{name}", name, show)
            blueprint.add_url_rule(f"/{name}", f"do_{name}", submit, methods=["POST"])
    if any(is_on for _name, _kind, is_on in kinds):
        blueprint.add_url_rule("/receipts/<token>", "receipt", declarations.receipt)
        blueprint.add_url_rule("/receipts/<token>/text", "receipt_text", declarations.receipt_text)
    return blueprint


def _behind_link(prefix: str) -> Blueprint:
    blueprint = Blueprint("portal_link", __name__, url_prefix=f"{prefix}/<portal_session_id:session_id>")

    @blueprint.url_value_preprocessor
    def take_session_id(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.portal_session_id = (values or {}).pop("session_id", None)

    @blueprint.url_defaults
    def keep_session_id(_endpoint: str, values: dict[str, Any]) -> None:
        values.setdefault("session_id", g.get("portal_session_id"))

    blueprint.before_request(lambda: visit.by_link(g.portal_session_id))
    _apply_policies(blueprint)
    _prepare(blueprint)
    blueprint.before_request(flow.keep_to_task)
    _add_pages(blueprint)
    return blueprint


def _for_signed_in_users(prefix: str) -> Blueprint:
    blueprint = Blueprint("portal", __name__, url_prefix=prefix)
    blueprint.before_request(visit.by_host)
    _apply_policies(blueprint)
    _prepare(blueprint)
    _add_pages(blueprint)
    return blueprint


def _apply_policies(blueprint: Blueprint) -> None:
    """The application's own rules count while one of these pages is served."""

    @blueprint.before_request
    def apply() -> None:
        g.portal_policies = policies.apply(current_app.extensions["portal"].policies)

    @blueprint.teardown_request
    def forget(_error: BaseException | None) -> None:
        if "portal_policies" in g:
            policies.forget(g.pop("portal_policies"))


def _prepare(blueprint: Blueprint) -> None:
    """Words, headers, the check of forms, and pages for errors."""
    i18n.attach(blueprint)
    security.protect(blueprint)
    message.register(blueprint)
    blueprint.register_error_handler(visit.Expired, expired.show)


def _add_pages(blueprint: Blueprint) -> None:
    invoice_path = "/invoices/<portal_object_id:id>"
    method_path = "/payment-methods/<portal_object_id:id>"
    subscription_path = "/subscriptions/<portal_object_id:id>"
    rules = (
        ("/", "overview", overview.show, "GET"),
        (subscription_path, "subscription", subscription.show, "GET"),
        (f"{subscription_path}/cancel", "cancel", cancel.show, "GET"),
        (f"{subscription_path}/cancel", "do_cancel", cancel.submit, "POST"),
        (f"{subscription_path}/offer", "offer", offers.accept, "POST"),
        (f"{subscription_path}/reason", "reason", result.add_reason, "POST"),
        (f"{subscription_path}/renew", "renew", renew.show, "GET"),
        (f"{subscription_path}/renew", "do_renew", renew.submit, "POST"),
        (f"{subscription_path}/pause", "pause", pause.show, "GET"),
        (f"{subscription_path}/pause", "do_pause", pause.submit, "POST"),
        (f"{subscription_path}/resume", "resume", resume.show, "GET"),
        (f"{subscription_path}/resume", "do_resume", resume.submit, "POST"),
        (f"{subscription_path}/start-again", "start_again", start_again.show, "GET"),
        (f"{subscription_path}/start-again", "do_start_again", start_again.submit, "POST"),
        (f"{subscription_path}/update", "update", update.show, "GET"),
        (f"{subscription_path}/review", "review", review.show, "GET"),
        (f"{subscription_path}/review", "do_update", review.submit, "POST"),
        (f"{subscription_path}/card", "update_card", other_card.choose, "POST"),
        (f"{subscription_path}/update/result", "updated", updated.show, "GET"),
        (f"{subscription_path}/update/finish", "finish_update", updated.finish, "POST"),
        (f"{subscription_path}/update/undo", "undo_update", undo_update.show, "GET"),
        (f"{subscription_path}/update/undo", "do_undo_update", undo_update.submit, "POST"),
        (f"{subscription_path}/result", "result", result.show, "GET"),
        ("/payment-methods", "payment_methods", payment_methods.show, "GET"),
        ("/payment-methods/add", "add_method", add_method.show, "GET"),
        ("/payment-methods/add", "do_add_method", add_method.submit, "POST"),
        ("/payment-methods/added", "method_added", add_method.added, "GET"),
        ("/payment-methods/added", "use_added_method", add_method.use_added, "POST"),
        (method_path, "payment_method", payment_method.show, "GET"),
        (method_path, "edit_method", payment_method.edit, "POST"),
        (f"{method_path}/default", "make_default", payment_method.make_default, "POST"),
        (f"{method_path}/remove", "remove_method", remove_method.show, "GET"),
        (f"{method_path}/remove", "do_remove_method", remove_method.submit, "POST"),
        (f"{method_path}/result", "method_result", payment_method.show_result, "GET"),
        ("/fix", "fix", fix.show, "GET"),
        ("/fix", "do_fix", fix.submit, "POST"),
        ("/fix/result", "fix_result", paid.show_several, "GET"),
        ("/invoices", "invoices", invoices.show, "GET"),
        (f"{invoice_path}/pay", "pay_invoice", pay_invoice.show, "GET"),
        (f"{invoice_path}/pay", "do_pay_invoice", pay_invoice.submit, "POST"),
        (f"{invoice_path}/result", "invoice_result", paid.show_one, "GET"),
        (invoice_path, "invoice", invoice.show, "GET"),
        ("/invoices/download", "download_invoices", invoice_files.download, "GET"),
        ("/history", "history", history.show, "GET"),
        ("/history/<int:entry>", "receipt", history.receipt, "GET"),
        ("/details", "details", details.show, "GET"),
        ("/details", "save_details", details.submit, "POST"),
        ("/details/result", "details_saved", details.saved, "GET"),
        ("/details/tax-ids", "add_tax_id", tax_id_changes.add, "POST"),
        ("/details/tax-ids/<portal_object_id:id>/remove", "remove_tax_id", tax_id_changes.remove, "POST"),
    )
    for path, endpoint, view, method in rules:
        blueprint.add_url_rule(path, endpoint, view, methods=[method])
    # What is not there is said by a page of ours, with our headers and in the customer's language.
    blueprint.add_url_rule("/<path:_rest>", "nowhere", message.nowhere, methods=message.METHODS)
