"""Stripe's wire format: forms, parameters, errors, lists, ids and signatures. Imports nothing else of this package."""
