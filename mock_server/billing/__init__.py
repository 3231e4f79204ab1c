"""The pure engine: money, calendars and invoices over integers and frozen values. No Flask, no SQL, no clock."""
