"""The part of the walk through all resources that is about payments: contested, held, debited."""

from __future__ import annotations

from typing import Any


def contest(client: Any) -> None:
    """A payment that its customer contests on a test clock, one that is suspicious, and one that is held first."""
    start = 1_767_225_600
    clock = client.test_helpers.test_clocks.create({"frozen_time": start}).id
    payer = client.customers.create({"test_clock": clock}).id
    sent = {"amount": 2000, "currency": "usd", "customer": payer, "confirm": True}
    client.payment_intents.create({**sent, "payment_method": "pm_card_createDispute"})
    client.payment_intents.create({**sent, "payment_method": "pm_card_createIssuerFraudRecord"})
    held = client.payment_intents.create({**sent, "payment_method": "pm_card_visa", "capture_method": "manual"})
    client.payment_intents.capture(held.id, {"amount_to_capture": 500})
    client.test_helpers.test_clocks.advance(clock, {"frozen_time": start + 60})
    client.test_helpers.test_clocks.retrieve(clock, {})
    [found] = client.disputes.list({"expand": ["data.charge"]}).data
    client.disputes.update(found.id, {"evidence": {"product_description": "A book"}, "submit": False})
    client.disputes.close(found.id)
    [warning] = client.radar.early_fraud_warnings.list().data
    client.radar.early_fraud_warnings.retrieve(warning.id, {"expand": ["charge"]})


def debit(client: Any) -> None:
    """A bank account that is verified, debited, and offered by a configuration."""
    offered = {"us_bank_account": {"display_preference": {"preference": "on"}}}
    made = client.payment_method_configurations.create(offered).id
    client.payment_method_configurations.update(made, {"name": "Debits"})
    client.payment_method_configurations.list()
    account = {"account_number": "000123456789", "routing_number": "110000000", "account_holder_type": "individual"}
    intent = client.setup_intents.create(
        {
            "customer": client.customers.create({"name": "Jenny Rosen"}).id,
            "payment_method_data": {"type": "us_bank_account", "us_bank_account": account},
            "payment_method_configuration": made,
            "mandate_data": {"customer_acceptance": {"type": "offline"}},
            "confirm": True,
        }
    )
    done = client.setup_intents.verify_microdeposits(intent.id, {"amounts": [32, 45], "expand": ["latest_attempt"]})
    client.setup_attempts.list({"setup_intent": done.id, "expand": ["data.setup_intent"]})
    client.mandates.retrieve(done.mandate, {"expand": ["payment_method"]})
