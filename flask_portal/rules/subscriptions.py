"""A subscription as the portal's rules and pages see it.

Source: docs.stripe.com/api/subscriptions/object
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Body = Mapping[str, Any]

_OVER = frozenset({"canceled", "incomplete_expired"})


@dataclass(frozen=True, slots=True)
class ItemView:
    """One price that a subscription is for.

    unit_amount: minor units; None with tiers, or with fractions of a minor unit.
    is_metered: charged by use, so that nothing is known beforehand.
    tax_behavior: Stripe's word; `unspecified` where the price does not say.
    period_end: Unix seconds; when what is paid for ends.
    """

    id: str
    price: str
    product: str
    name: str
    currency: str
    unit_amount: int | None
    quantity: int | None
    interval: str | None
    interval_count: int
    is_metered: bool
    tax_behavior: str
    period_end: int | None

    @classmethod
    def of(cls, body: Body, names: Mapping[str, str]) -> ItemView:
        price = body["price"]
        recurring = price.get("recurring") or {}
        product = _id(price["product"]) or ""
        return cls(
            id=body["id"],
            price=price["id"],
            product=product,
            name=_product_name(price, product, names),
            currency=price["currency"],
            unit_amount=unit_amount(price),
            quantity=body.get("quantity"),
            interval=recurring.get("interval"),
            interval_count=recurring.get("interval_count") or 1,
            is_metered=recurring.get("usage_type") == "metered",
            tax_behavior=price.get("tax_behavior") or "unspecified",
            period_end=body.get("current_period_end"),
        )

    @property
    def amount(self) -> int | None:
        """What one period costs, in minor units; None when that cannot be said exactly."""
        if self.is_metered or self.unit_amount is None:
            return None
        return self.unit_amount * (1 if self.quantity is None else self.quantity)


PLANNED_BY_PORTAL = "flask_portal_product"
"""The key in a schedule's metadata under which the portal notes the product of the change that a customer planned."""


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A later phase of a subscription's schedule.

    schedule: its id.  at: Unix seconds.  is_own: a customer planned it here, and may take it back.
    name: of the product that it changes to; empty when that is not known.
    """

    schedule: str
    at: int
    name: str
    is_own: bool

    @classmethod
    def of(cls, schedule: Any, names: Mapping[str, str]) -> PlannedChange | None:
        """schedule: as a subscription holds it. None where none is attached, it is not expanded, or nothing follows."""
        if not isinstance(schedule, Mapping):
            return None
        here = schedule.get("current_phase") or {}
        coming = [phase["start_date"] for phase in schedule["phases"] if phase["start_date"] >= here.get("end_date", 0)]
        if not coming:
            return None
        product = (schedule.get("metadata") or {}).get(PLANNED_BY_PORTAL)
        return cls(schedule["id"], min(coming), names.get(product or "", ""), product is not None)


def planned_product(body: Body) -> str | None:
    """The product that a customer's planned change leads to, for its name to be read."""
    schedule = body.get("schedule")
    found = (schedule.get("metadata") or {}).get(PLANNED_BY_PORTAL) if isinstance(schedule, Mapping) else None
    return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """A subscription of one customer. Times are Unix seconds.

    title: the names of its products; empty when none is known.
    amount: what a period costs in minor units, before tax and discounts; None when it cannot be said exactly (tiers,
        use, prices of different intervals).
    discount: the coupon's name, empty when it is not known; None when there is no discount.
    is_taxed: tax may come on top of `amount`, so that the next charge is not known to the cent.
    interval, interval_count: those that all items share; interval is None when they differ.
    quantity: of the one item; None when there are several.
    period_end: when the next period begins; with several intervals the first of these moments.
    last_period_end: when all that is paid for is used up.
    ends_at: when it is scheduled to end, in either of Stripe's two forms; None when it goes on, or is over.
    method_id: the payment method that the next charge goes to: its own, else the customer's default.
    has_own_method: that method is the subscription's own, and wins over a new default.
    has_schedule: something is planned by a schedule that has not happened yet.
    planned: what that is, where the schedule was read with the subscription.
    has_pending_update: a change waits for its payment.
    """

    id: str
    customer: str
    title: str
    status: str
    currency: str
    amount: int | None
    discount: str | None
    is_taxed: bool
    interval: str | None
    interval_count: int
    quantity: int | None
    items: tuple[ItemView, ...]
    period_end: int | None
    last_period_end: int | None
    ends_at: int | None
    ended_at: int | None
    trial_end: int | None
    method_id: str | None
    has_own_method: bool
    collection_method: str
    has_schedule: bool
    planned: PlannedChange | None
    has_pending_update: bool
    is_live: bool

    @classmethod
    def of(cls, body: Body, customer_body: Body, names: Mapping[str, str]) -> SubscriptionView:
        """body: as Stripe serves it. customer_body: the customer, or an empty mapping. names: of products, by id."""
        items = tuple(ItemView.of(item, names) for item in body["items"]["data"])
        interval, interval_count = _interval(items)
        ends = sorted(item.period_end for item in items if item.period_end is not None)
        own_method = _id(body.get("default_payment_method")) or _id(body.get("default_source"))
        is_live = body["status"] not in _OVER
        schedule = body.get("schedule")
        planned = PlannedChange.of(schedule, names)
        return cls(
            id=body["id"],
            customer=_id(body["customer"]) or "",
            title=", ".join(dict.fromkeys(item.name for item in items if item.name)),
            status=body["status"],
            currency=body["currency"],
            amount=None if interval is None else _sum(items),
            discount=_discount(body, customer_body),
            is_taxed=_is_taxed(body),
            interval=interval,
            interval_count=interval_count,
            quantity=items[0].quantity if len(items) == 1 else None,
            items=items,
            period_end=ends[0] if ends else None,
            last_period_end=ends[-1] if ends else None,
            ends_at=_ends_at(body, ends) if is_live else None,
            ended_at=body.get("ended_at"),
            trial_end=body.get("trial_end"),
            method_id=own_method or default_method(customer_body),
            has_own_method=own_method is not None,
            collection_method=body["collection_method"],
            has_schedule=planned is not None if isinstance(schedule, Mapping) else schedule is not None,
            planned=planned,
            has_pending_update=body.get("pending_update") is not None,
            is_live=is_live,
        )

    @property
    def will_renew(self) -> bool:
        """Whether it goes on by itself when the period ends: also one whose scheduled end is further off than that."""
        if self.status not in ("active", "trialing", "past_due"):
            return False
        return self.ends_at is None or (self.period_end is not None and self.ends_at > self.period_end)

    @property
    def is_paid_ahead(self) -> bool:
        """Whether everything in it is paid for up to the end: nothing metered, and no item that renews before."""
        end = self.last_period_end if self.ends_at is None else self.ends_at
        renews = self.period_end is not None and end is not None and end > self.period_end
        return not renews and not any(item.is_metered for item in self.items)

    @property
    def exact_amount(self) -> int | None:
        """What the next period is charged at, in minor units; None when tax, a discount or a plan may change it."""
        is_open = self.is_taxed or self.discount is not None or self.has_schedule
        return None if is_open else self.amount


def default_method(customer: Body) -> str | None:
    """The id of the customer's default payment method; a legacy default source counts when there is none."""
    settings = customer.get("invoice_settings") or {}
    return _id(settings.get("default_payment_method")) or _id(customer.get("default_source"))


def _id(reference: Any) -> str | None:
    """The id behind a field that may be expanded."""
    if isinstance(reference, Mapping):
        reference = reference["id"]
    return None if reference is None else str(reference)


def _product_name(price: Body, product: str, names: Mapping[str, str]) -> str:
    expanded = price["product"].get("name") if isinstance(price["product"], Mapping) else None
    return names.get(product) or expanded or price.get("nickname") or ""


def unit_amount(price: Body) -> int | None:
    """What one costs, in minor units; None with tiers, packages, or fractions of a minor unit."""
    if price.get("billing_scheme") != "per_unit" or price.get("transform_quantity"):
        return None
    amount: int | None = price.get("unit_amount")
    exact = price.get("unit_amount_decimal")
    # Stripe rounds `unit_amount` to null or to a whole unit; the decimal is what counts.
    return amount if amount is None or exact is None or Decimal(exact) == amount else None


def _interval(items: tuple[ItemView, ...]) -> tuple[str | None, int]:
    found = {(item.interval, item.interval_count) for item in items}
    return found.pop() if len(found) == 1 else (None, 1)


def _sum(items: tuple[ItemView, ...]) -> int | None:
    amounts = [item.amount for item in items]
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None


def _discount(body: Body, customer: Body) -> str | None:
    """The name of the first discount; empty where it stands only as an id."""
    of_items = [each for item in body["items"]["data"] for each in item.get("discounts") or ()]
    found = [*(body.get("discounts") or ()), *of_items, *filter(None, [customer.get("discount")])]
    return None if not found else _coupon_name(found[0])


def _coupon_name(discount: Any) -> str:
    if not isinstance(discount, Mapping):
        return ""
    coupon = (discount.get("source") or {}).get("coupon") or discount.get("coupon")
    return (coupon.get("name") or "") if isinstance(coupon, Mapping) else ""


def _is_taxed(body: Body) -> bool:
    """Automatic tax on top, or rates whose kind is not in the body."""
    items = body["items"]["data"]
    if body.get("default_tax_rates") or any(item.get("tax_rates") for item in items):
        return True
    automatic = (body.get("automatic_tax") or {}).get("enabled", False)
    return automatic and any(item["price"].get("tax_behavior") != "inclusive" for item in items)


def _ends_at(body: Body, period_ends: list[int]) -> int | None:
    at: int | None = body.get("cancel_at")
    if at is None and body.get("cancel_at_period_end") and period_ends:
        return period_ends[-1]
    return at
