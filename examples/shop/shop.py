"""A shop with one plan and a customer portal on its own domain, in one file.

`flask --app shop run` needs nothing else: Stripe is mocked inside the process. Set STRIPE_API_KEY to a test key, and
STRIPE_WEBHOOK_SECRET to your endpoint's, and the same code works with Stripe itself.
"""

from __future__ import annotations

import os
import tempfile

import flask
import stripe
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from flask_portal import Portal
from mock_server import mock_stripe

PLAN = "shop_magazine_monthly"


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
portal = Portal()
shop = flask.Blueprint("shop", __name__)


class Member(db.Model):  # type: ignore[name-defined, misc]
    """Somebody with an account here, and what Stripe says of their subscription."""

    email: Mapped[str] = mapped_column(primary_key=True)
    customer: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(default="none")


def create_app() -> flask.Flask:
    app = flask.Flask(__name__)
    key = os.environ.get("STRIPE_API_KEY")
    app.config.update(
        SECRET_KEY=os.environ.get("SECRET_KEY", "only for this example"),
        SQLALCHEMY_DATABASE_URI="sqlite:///shop.db",
        PORTAL_COMPANY="Northwind Press",
        PORTAL_STRIPE_API_KEY=key or "sk_test_shop",
        STRIPE_WEBHOOK_SECRET=os.environ.get("STRIPE_WEBHOOK_SECRET"),
    )
    if key is None:
        use_mock(app)
    stripe.api_key = app.config["PORTAL_STRIPE_API_KEY"]
    db.init_app(app)
    portal.init_app(app)
    app.register_blueprint(shop)
    with app.app_context():
        db.create_all()  # the portal's tables, too
    return app


def use_mock(app: flask.Flask) -> None:
    """A Stripe inside this process, from here on; it forgets everything at the end, and so does the shop."""
    stripe.api_key = app.config["PORTAL_STRIPE_API_KEY"]
    mock = mock_stripe().__enter__()
    app.extensions["mock"] = mock
    app.config["STRIPE_WEBHOOK_SECRET"] = mock.webhook_secret
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tempfile.mkdtemp()}/shop.db"

    @app.after_request
    def deliver(response: flask.Response) -> flask.Response:
        # Stripe would call from outside a moment later.
        if flask.request.endpoint != "shop.webhook":
            mock.deliver_to(app, "/webhook")
        return response


@portal.customer_loader
def current_customer() -> str | None:
    """Who is signed in: the portal's pages at /billing are theirs without a link."""
    member = signed_in()
    return member.customer if member else None


def signed_in() -> Member | None:
    email = flask.session.get("email")
    return db.session.get(Member, email) if email else None


@shop.get("/")
def front() -> str:
    return flask.render_template("shop.html", member=signed_in())


@shop.post("/sign-in")
def sign_in() -> ResponseReturnValue:
    """An example's sign-in: whoever says who they are is believed."""
    email = flask.request.form["email"]
    if db.session.get(Member, email) is None:
        db.session.add(Member(email=email, customer=stripe.Customer.create(email=email).id))
        db.session.commit()
    flask.session["email"] = email
    return flask.redirect("/", 303)


@shop.post("/subscribe")
def subscribe() -> ResponseReturnValue:
    member = signed_in()
    if member is None:
        flask.abort(403)
    # A real shop sends people to Stripe Checkout here; a test card keeps this example short.
    card = stripe.PaymentMethod.attach("pm_card_visa", customer=member.customer)
    stripe.Customer.modify(member.customer, invoice_settings={"default_payment_method": card.id})
    stripe.Subscription.create(customer=member.customer, items=[{"price": price()}])
    return flask.redirect("/", 303)


@shop.post("/manage")
def manage() -> ResponseReturnValue:
    """Send the member to the portal."""
    member = signed_in()
    if member is None:
        flask.abort(403)
    session = portal.create_session(customer=member.customer, return_url=flask.url_for("shop.front", _external=True))
    return flask.redirect(session.url, 303)


@shop.post("/webhook")
def webhook() -> ResponseReturnValue:
    """What Stripe tells: the subscription's status is kept beside the member."""
    secret = flask.current_app.config["STRIPE_WEBHOOK_SECRET"]
    try:
        event = stripe.Webhook.construct_event(
            flask.request.data, flask.request.headers.get("Stripe-Signature", ""), secret
        )
    except (ValueError, stripe.SignatureVerificationError):
        return "", 400
    if event.type.startswith("customer.subscription."):
        subscription = event.data.object
        member = db.session.execute(db.select(Member).filter_by(customer=subscription["customer"])).scalar()
        if member is not None:
            member.status = subscription["status"]
            db.session.commit()
    return "", 200


def price() -> str:
    """The id of the plan's price, made at the first sale."""
    found = stripe.Price.list(lookup_keys=[PLAN]).data
    if found:
        return found[0].id
    made = stripe.Price.create(
        lookup_key=PLAN,
        currency="usd",
        unit_amount=900,
        recurring={"interval": "month"},
        product_data={"name": "Northwind Magazine"},
    )
    return made.id
