"""The parameters of the calls on disputes.

Source: docs.stripe.com/api/disputes
"""

from __future__ import annotations

from flask_portal.wire.params import Bool, Hash, Metadata, OneOf, Params, Ref, Str
from mock_server.core.params import NotBuilt

from .common import ListByCreation

IN_FILES = "Evidence in files"


class FeeAcknowledgement(Params):
    fee_acknowledged = Bool()


class EnhancedEvidence(Params):
    mastercard_compliance = Hash(FeeAcknowledgement)
    visa_compelling_evidence_3 = NotBuilt("Compelling evidence by earlier payments")
    visa_compliance = Hash(FeeAcknowledgement)


class Evidence(Params):
    access_activity_log = Str(max_length=20_000)
    appeal = NotBuilt("Appealing a dispute")
    billing_address = Str()
    cancellation_policy = NotBuilt(IN_FILES)
    cancellation_policy_disclosure = Str(max_length=20_000)
    cancellation_rebuttal = Str(max_length=20_000)
    customer_communication = NotBuilt(IN_FILES)
    customer_email_address = Str()
    customer_name = Str()
    customer_purchase_ip = Str()
    customer_signature = NotBuilt(IN_FILES)
    duplicate_charge_documentation = NotBuilt(IN_FILES)
    duplicate_charge_explanation = Str(max_length=20_000)
    duplicate_charge_id = Str()
    enhanced_evidence = Hash(EnhancedEvidence, nullable=True)
    product_description = Str(max_length=20_000)
    receipt = NotBuilt(IN_FILES)
    refund_policy = NotBuilt(IN_FILES)
    refund_policy_disclosure = Str(max_length=20_000)
    refund_refusal_explanation = Str(max_length=20_000)
    service_date = Str()
    service_documentation = NotBuilt(IN_FILES)
    shipping_address = Str()
    shipping_carrier = Str()
    shipping_date = Str()
    shipping_documentation = NotBuilt(IN_FILES)
    shipping_tracking_number = Str()
    uncategorized_file = NotBuilt(IN_FILES)
    uncategorized_text = Str(max_length=20_000)


class Update(Params):
    evidence = Hash(Evidence)
    intended_submission_method = OneOf("manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes")
    metadata = Metadata(nullable=True)
    submit = Bool()


class List(ListByCreation):
    charge = Ref("charge")
    payment_intent = Ref("payment_intent")
