"""Fill a database of the mock with customers: `python -m benchmarks.fill FILE CUSTOMERS KEY`.

They are made by the resource's own code, events included, but many in one transaction: the filling is not measured.
"""

from __future__ import annotations

import sys

from mock_server.app import close, create_app
from mock_server.core.accounts import authenticate
from mock_server.core.state import State
from mock_server.resources.customer import create

AT_ONCE = 1000


def fill(database: str, customers: int, key: str) -> None:
    app = create_app(database=database, background=False)
    state: State = app.extensions["mock_server"]
    account = authenticate(f"Bearer {key}").account
    for start in range(0, customers, AT_ONCE):
        with state.writing(account) as call:
            for number in range(start, min(start + AT_ONCE, customers)):
                sent = {"email": f"reader{number}@example.com", "name": f"Reader {number}"}
                create(call, sent)
    close(app)


if __name__ == "__main__":
    fill(sys.argv[1], int(sys.argv[2]), sys.argv[3])
