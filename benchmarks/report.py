"""What was measured, as Markdown tables, with the aims beside it."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.run import Measured

OURS, DURABLE, EMPTY, LOCALSTRIPE = "mock-server", "mock-server --durable", "empty Flask view", "localstripe"


def markdown(measured: Measured, sizes: Sequence[int], operations: Sequence[str]) -> str:
    """The whole report."""
    parts = [
        machine(),
        "### Raw requests at 8 connections, answers a second\n\n" + raw_table(measured, sizes, operations),
        "### Through the official Python client over HTTP, one call after the other, calls a second\n\n"
        + client_table(measured, operations),
        "### Through the official Python client in process, CPU milliseconds a call\n\n"
        + in_process_table(measured, sizes, operations),
        "### Renewals in process, in memory, a second of CPU time\n\n" + renewals_table(measured),
        "### First answer after the start, and memory after some work\n\n" + start_table(measured),
        "### Aims\n\n" + aims_table(measured, sizes, operations),
    ]
    if measured.left_out:
        parts.append("Left out:\n\n" + "\n".join(f"- {reason}" for reason in measured.left_out))
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    by = "wrk" if shutil.which("wrk") else "a Python client of our own"
    return (
        f"Measured on {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}; raw requests by {by}. Every figure is the median of rounds in which all "
        "subjects take turns, on loopback."
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def raw_table(measured: Measured, sizes: Sequence[int], operations: Sequence[str]) -> str:
    """A row for each operation and size; beside each rate its share of the empty view's."""
    names = [name for name in dict.fromkeys(name for _, _, name in measured.raw) if name != EMPTY]
    rows = []
    for operation in operations:
        for size in sizes:
            floor = measured.raw[0, operation, EMPTY]
            rates = [measured.raw.get((size, operation, name)) for name in names]
            rows.append([f"{operation}, {size:,} stored", number(floor), *(_with_share(rate, floor) for rate in rates)])
    return table(["", EMPTY, *names], rows)


def _with_share(rate: float | None, floor: float) -> str:
    if rate is None:
        return "–"
    return f"{number(rate)} ({rate / floor:.0%})" if floor else number(rate)


def client_table(measured: Measured, operations: Sequence[str]) -> str:
    names = list(dict.fromkeys(name for _, name in measured.client))
    rows = [
        [
            operation,
            *(
                number(measured.client[operation, name]) if (operation, name) in measured.client else "–"
                for name in names
            ),
        ]
        for operation in operations
    ]
    return table(["", *names], rows)


def in_process_table(measured: Measured, sizes: Sequence[int], operations: Sequence[str]) -> str:
    rows = [[operation, *(f"{measured.in_process[size, operation]:.2f}" for size in sizes)] for operation in operations]
    return table(["", *(f"{size:,} stored" for size in sizes)], rows)


def renewals_table(measured: Measured) -> str:
    rows = [[f"{subscriptions:,}", number(rate)] for subscriptions, rate in measured.renewals.items()]
    return table(["monthly subscriptions", "renewals"], rows)


def start_table(measured: Measured) -> str:
    rows = [
        [name, f"{seconds:.2f} s", f"{measured.memory[name]:.0f} MiB"]
        for name, seconds in measured.first_answer.items()
    ]
    return table(["", "first answer", "memory"], rows)


def aims_table(measured: Measured, sizes: Sequence[int], operations: Sequence[str]) -> str:
    """Each aim, what was measured, and whether it was met."""
    small = min(sizes)
    retrieve, create = operations[0], operations[1]
    share = measured.raw[small, retrieve, OURS] / measured.raw[0, retrieve, EMPTY]
    rows = [
        _aim("a raw retrieve, of the empty view's rate", ">= 45 %", f"{share:.0%}", share >= 0.45),
        _aim(
            "creates a second that survive a killed process",
            ">= 1,200",
            number(measured.raw[small, create, OURS]),
            measured.raw[small, create, OURS] >= 1200,
        ),
        _aim("a retrieve in process", "< 0.7 ms", *_cost(measured.in_process[small, retrieve], 0.7)),
        _aim("a create in process", "< 1.5 ms", *_cost(measured.in_process[small, create], 1.5)),
        _aim("first answer after the start", "<= 1 s", *_seconds(measured.first_answer[OURS])),
    ]
    if (small, retrieve, LOCALSTRIPE) in measured.raw:
        times = measured.raw[small, retrieve, OURS] / measured.raw[small, retrieve, LOCALSTRIPE]
        rows.insert(
            1, _aim("a raw retrieve, of localstripe's rate", ">= 1.3 times", f"{times:.1f} times", times >= 1.3)
        )
    for subscriptions, rate in measured.renewals.items():
        what = f"renewals of {subscriptions:,} subscriptions, a second of CPU time"
        rows.append(_aim(what, ">= 300", number(rate), rate >= 300))
    if len(sizes) > 1:
        name, worst = slowest_growth(measured, sizes, operations)
        rows.append(
            _aim(
                f"growth of a call from {small:,} to {max(sizes):,} customers, worst: {name}",
                "<= 20 %",
                f"{worst:.0%}",
                worst <= 0.2,
            )
        )
    return table(["", "aim", "measured", "met"], rows)


def slowest_growth(measured: Measured, sizes: Sequence[int], operations: Sequence[str]) -> tuple[str, float]:
    """The operation whose cost grew most with the number of customers, and by how much."""
    rate = {(size, operation): measured.raw[size, operation, OURS] for size in sizes for operation in operations}
    growth = {operation: rate[min(sizes), operation] / rate[max(sizes), operation] - 1 for operation in operations}
    worst = max(growth, key=lambda operation: growth[operation])
    return worst, growth[worst]


def _aim(what: str, aim: str, measured: str, met: bool) -> list[str]:
    return [what, aim, measured, "yes" if met else "no"]


def _cost(milliseconds: float, limit: float) -> tuple[str, bool]:
    return f"{milliseconds:.2f} ms", milliseconds < limit


def _seconds(seconds: float) -> tuple[str, bool]:
    return f"{seconds:.2f} s", seconds <= 1
