"""`python -m tests.fuzz [CALLS] [FIRST_SEED]`: many runs one after another, and everything that went wrong in them."""

from __future__ import annotations

import sys
import time
from collections import Counter

from mock_server.http.transport import InProcessTransport
from mock_server.testing import Mock
from tests.contract.recorder import watched

from .session import CALLS_OF_A_RUN, Session, valid_calls


def main(calls: int = 100_000, seed: int = 1) -> int:
    """Print what went wrong; returns how much that was."""
    mock, problems = Mock(), 0
    known = valid_calls(mock)
    statuses: Counter[int] = Counter()
    InProcessTransport.send = watched(InProcessTransport.send)  # type: ignore[method-assign]
    began = time.process_time()
    for number in range(calls // CALLS_OF_A_RUN):
        session = Session(mock, seed + number, known)
        session.run(CALLS_OF_A_RUN)
        problems += len(session.problems)
        statuses += session.statuses
        print("\n\n".join(session.problems), flush=True)
    print(f"{calls} calls, {time.process_time() - began:.1f} s of CPU, {dict(statuses)}, {problems} problems")
    return problems


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
