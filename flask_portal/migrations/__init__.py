"""Alembic revisions of the portal's tables, for applications that migrate their database.

They are a branch of their own, `flask_portal`, beside the application's. Name their folder in `version_locations`:

    version_locations = %(here)s/versions flask_portal.migrations:versions
"""
