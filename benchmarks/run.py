"""The measuring: every subject in turn, again and again, so that whatever disturbs the machine disturbs them all."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import stripe

from benchmarks import load, peers, report
from benchmarks.subjects import Request, Subject, Unavailable

OURS, DURABLE, EMPTY = "mock-server", "mock-server --durable", "empty Flask view"
RETRIEVE, CREATE, LIST, SUBSCRIBE = (
    "retrieve a customer",
    "create a customer",
    "list 10 customers",
    "create a subscription",
)
OPERATIONS = (RETRIEVE, CREATE, LIST, SUBSCRIBE)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: stored customers, rounds of each slice, seconds of a slice, starts, calls in process.

    renewals: subscriptions, and days that their clock is moved on.
    """

    sizes: tuple[int, ...]
    rounds: int
    seconds: float
    starts: int
    calls: int
    peers: bool
    renewals: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Running:
    """A started subject, the customers that it has stored, and what makes the raw request of each operation it knows.

    Each slice has a request of its own: a customer has 500 current subscriptions at most.
    """

    subject: Subject
    customers: int
    requests: Mapping[str, Callable[[], Request]]


@dataclass(slots=True)
class Measured:
    """Figures by what was measured; rates are answers a second, medians over the rounds."""

    raw: dict[tuple[int, str, str], float] = field(
        default_factory=dict
    )  # customers, operation, subject; 0 for the empty view
    client: dict[tuple[str, str], float] = field(default_factory=dict)  # operation, subject
    in_process: dict[tuple[int, str], float] = field(default_factory=dict)  # customers, operation: CPU milliseconds
    renewals: dict[int, float] = field(default_factory=dict)  # subscriptions: renewals a second of CPU time
    first_answer: dict[str, float] = field(default_factory=dict)  # seconds
    memory: dict[str, float] = field(default_factory=dict)  # MiB
    left_out: list[str] = field(default_factory=list)


def run(plan: Plan, tools: Path, scratch: Path) -> str:
    """Measure everything and return the report as Markdown."""
    measured = Measured()
    subjects = available(plan, tools, measured)
    measure_starts(plan, subjects, scratch, measured)
    measure_requests(plan, subjects, scratch, measured)
    for customers in plan.sizes:
        measure_in_process(plan, customers, measured)
    for subscriptions, days in plan.renewals:
        measure_renewals(subscriptions, days, measured)
    return report.markdown(measured, plan.sizes, OPERATIONS)


def progress(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def available(plan: Plan, tools: Path, measured: Measured) -> list[Subject]:
    """Every subject that can be measured here; for the others, a word of why not."""
    durable = replace(peers.ours(tools, DURABLE, "--durable"), most=min(plan.sizes))
    found = [peers.empty_view(), peers.ours(tools, OURS), durable]
    makers: Iterable[Callable[[Path], Subject]] = (peers.localstripe, peers.stateful_mock, peers.emulate)
    for make in makers if plan.peers else ():
        progress(f"preparing {make.__name__}")
        try:
            found.append(make(tools))
        except Unavailable as reason:
            measured.left_out.append(f"{make.__name__}: {reason}")
    if not plan.peers:
        measured.left_out.append("the peers: only in a full run")
    return found


def measure_starts(plan: Plan, subjects: list[Subject], scratch: Path, measured: Measured) -> None:
    """Seconds from the start of the command to the first answer, and memory after some work."""
    for subject in list(subjects):
        progress(f"starting {subject.name}")
        taken = []
        try:
            for _ in range(plan.starts):
                with tempfile.TemporaryDirectory(dir=scratch) as folder:
                    if subject.fill is not None:
                        subject.fill(Path(folder), 100)
                    taken.append(subject.start(Path(folder)))
                    load.ask(subject, Request("GET", subject.first), plan.seconds)
                    measured.memory[subject.name] = subject.memory()
                    subject.stop()
        except Unavailable as reason:
            measured.left_out.append(str(reason))
            subjects.remove(subject)
        finally:
            subject.stop()
        if taken:
            measured.first_answer[subject.name] = statistics.median(taken)


def measure_requests(plan: Plan, subjects: list[Subject], scratch: Path, measured: Measured) -> None:
    """Rates of raw requests, and with the fewest customers also through the official client."""
    with ExitStack() as stack:
        running = list(started(plan, subjects, scratch, stack, measured))
        for operation in OPERATIONS:
            progress(f"{operation}, raw")
            rates = interleaved(plan, running, operation, raw_rate)
            measured.raw |= {(one.customers, operation, one.subject.name): rate for one, rate in rates}
        fewest = [one for one in running if one.customers == min(plan.sizes)]
        for operation in OPERATIONS:
            progress(f"{operation}, official client")
            rates = interleaved(plan, fewest, operation, client_rate)
            measured.client |= {(operation, one.subject.name): rate for one, rate in rates}


def started(
    plan: Plan, subjects: list[Subject], scratch: Path, stack: ExitStack, measured: Measured
) -> Iterator[Running]:
    """Every subject with every number of customers, all at once, so that growth too is measured side by side."""
    for subject in subjects:
        for customers in (0,) if subject.name == EMPTY else plan.sizes:
            if subject.most < customers:
                measured.left_out.append(f"{subject.name} with {customers:,} customers")
                continue
            progress(f"filling {subject.name} with {customers:,} customers")
            one = replace(subject)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=scratch)))
            stack.callback(one.stop)
            begin(one, folder, customers)
            yield Running(one, customers, requests_of(one))


def begin(subject: Subject, folder: Path, customers: int) -> None:
    """Start a subject with that many customers stored."""
    if subject.fill is not None:
        subject.fill(folder, customers)
    subject.start(folder)
    if subject.fill is None and subject.name != EMPTY:
        create = Request("POST", "/v1/customers", {"email": "reader@example.com", "name": "Reader"})
        stored = 0
        while stored < customers:
            stored += load.ask(subject, create, 1).answers


def requests_of(subject: Subject) -> Mapping[str, Callable[[], Request]]:
    """What makes the raw request of each operation."""
    if subject.name == EMPTY:
        return dict.fromkeys(OPERATIONS, lambda: Request("GET", "/"))
    form = {"email": "jenny@example.com", "name": "Jenny"}
    customer = subject.make("/v1/customers", **form)
    found = {
        RETRIEVE: lambda: Request("GET", f"/v1/customers/{customer}"),
        CREATE: lambda: Request("POST", "/v1/customers", form),
        LIST: lambda: Request("GET", "/v1/customers?limit=10"),
    }
    if subject.subscribe is not None:
        found[SUBSCRIBE] = partial(subject.subscribe, subject)
    return found


def interleaved(
    plan: Plan, running: list[Running], operation: str, rate: Callable[[Subject, Request, float], float]
) -> list[tuple[Running, float]]:
    """The median rate of all that know the operation; each round asks them one after the other."""
    able = [one for one in running if operation in one.requests]
    rounds = [[rate(one.subject, one.requests[operation](), plan.seconds) for one in able] for _ in range(plan.rounds)]
    return [(one, statistics.median(rates)) for one, rates in zip(able, zip(*rounds, strict=True), strict=True)]


def raw_rate(subject: Subject, request: Request, seconds: float) -> float:
    return load.ask(subject, request, seconds).rate


def client_rate(subject: Subject, request: Request, seconds: float) -> float:
    """Calls a second of one official client, one after the other."""
    client = stripe.StripeClient(subject.key, base_addresses={"api": subject.url}, max_network_retries=0)
    parameters: dict[str, Any] = dict(request.form)
    client.raw_request(request.method.lower(), request.path, **parameters)
    calls, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        client.raw_request(request.method.lower(), request.path, **parameters)
        calls += 1
    return calls / (time.perf_counter() - started)


def measure_in_process(plan: Plan, customers: int, measured: Measured) -> None:
    """CPU time of a call through the official client in process."""
    progress(f"in process, {customers:,} customers")
    command = [sys.executable, "-m", "benchmarks.in_process", str(customers), str(plan.calls)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured.in_process |= {(customers, name): cost for name, cost in json.loads(done.stdout).items()}


def measure_renewals(subscriptions: int, days: int, measured: Measured) -> None:
    """Renewals a second of CPU time, in process."""
    progress(f"renewals of {subscriptions:,} subscriptions")
    command = [sys.executable, "-m", "benchmarks.renewals", str(subscriptions), str(days)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    measured.renewals[subscriptions] = json.loads(done.stdout)["renewals a CPU second"]
