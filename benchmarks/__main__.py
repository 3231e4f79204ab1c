"""`python -m benchmarks [--quick]` prints what was measured as Markdown; what it is doing goes to standard error."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.run import Plan, run

ROOT = Path(__file__).resolve().parent.parent

FULL = Plan(
    sizes=(100, 10_000, 100_000),
    rounds=3,
    seconds=1.0,
    starts=3,
    calls=1000,
    peers=True,
    renewals=((100, 365), (1000, 365)),
)
QUICK = Plan(sizes=(100,), rounds=1, seconds=1.0, starts=1, calls=200, peers=False, renewals=((20, 62),))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute instead of ten: 100 customers, no peers")
    parser.add_argument("--tools", type=Path, help="keep the peers' installations here; otherwise they are temporary")
    arguments = parser.parse_args()
    # The subjects start in folders of their own and import this package.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory(prefix="flask-portal-benchmarks-") as scratch:
        tools = arguments.tools or Path(scratch) / "tools"
        tools.mkdir(parents=True, exist_ok=True)
        report = run(QUICK if arguments.quick else FULL, tools.resolve(), Path(scratch))
    sys.stdout.write(report)


if __name__ == "__main__":
    main()
