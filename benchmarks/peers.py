"""Our server, an empty Flask view on the same server, and the peers that a user could pick instead."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.subjects import Request, Subject, Unavailable

LOCALSTRIPE = "localstripe==1.15.10"
STATEFUL_MOCK = "stripe-stateful-mock@0.0.16"
# Later versions of this name belong to a package of another author.
EMULATE = "emulate@0.12.2"


@cache
def filled(tools: Path, customers: int) -> Path:
    """A database of ours with that many customers, made once."""
    database = tools / f"filled-{customers}.db"
    script = [sys.executable, "-m", "benchmarks.fill", str(database), str(customers), "sk_test_benchmark"]
    subprocess.run(script, check=True)
    return database


def ours(tools: Path, name: str, *flags: str) -> Subject:
    def command(port: int, folder: Path) -> list[str]:
        database = str(folder / "benchmark.db")
        return [sys.executable, "-m", "mock_server", "--port", str(port), "--database", database, "--quiet", *flags]

    def fill(folder: Path, customers: int) -> None:
        shutil.copy(filled(tools, customers), folder / "benchmark.db")

    return Subject(name, command, fill=fill, subscribe=subscribe_here)


def empty_view() -> Subject:
    def command(port: int, _: Path) -> list[str]:
        return [sys.executable, "-m", "benchmarks.server", str(port)]

    return Subject("empty Flask view", command, first="/")


def localstripe(tools: Path) -> Subject:
    """https://pypi.org/project/localstripe/, in an environment of its own."""
    environment = tools / "localstripe"
    python = environment / "bin" / "python"
    if not (environment / "bin" / "localstripe").exists():
        run_tool([sys.executable, "-m", "venv", str(environment)], "no virtual environment")
        pip = [str(environment / "bin" / "pip"), "install", "-q", LOCALSTRIPE]
        run_tool(pip, f"{LOCALSTRIPE} could not be installed")

    def command(port: int, folder: Path) -> list[str]:
        stored = (folder / "stored.txt").read_text()
        return [str(python), "-c", LOCALSTRIPE_START, "--from-scratch", "--port", str(port), stored]

    # It writes all that it has to one file after each change, so 100,000 customers would take hours.
    return Subject(
        "localstripe",
        command,
        key="sk_test_12345",
        fill=lambda folder, customers: _note(folder / "stored.txt", customers),
        subscribe=subscribe_localstripe,
        most=10_000,
    )


def _note(file: Path, customers: int) -> None:
    file.write_text(str(customers))


def stateful_mock(tools: Path) -> Subject:
    """https://www.npmjs.com/package/stripe-stateful-mock"""
    executable = npm_package(tools, STATEFUL_MOCK, "stripe-stateful-mock")
    return Subject(
        "stripe-stateful-mock",
        lambda _port, _folder: [str(executable)],
        environment={"LOG_LEVEL": "silent"},
        subscribe=subscribe_stateful_mock,
    )


def emulate(tools: Path) -> Subject:
    """https://www.npmjs.com/package/emulate"""
    executable = npm_package(tools, EMULATE, "emulate")
    probe = subprocess.run([str(executable), "--help"], capture_output=True, text=True, timeout=60)
    if probe.returncode != 0:
        said = [line for line in probe.stderr.splitlines() if "Error" in line]
        raise Unavailable(f"{EMULATE} does not run on this Node: {said[0] if said else probe.returncode}")
    return Subject("emulate", lambda port, _: [str(executable), "--service", "stripe", "--port", str(port)])


def npm_package(tools: Path, package: str, executable: str) -> Path:
    if shutil.which("npm") is None:
        raise Unavailable("there is no npm")
    folder = tools / executable
    found = folder / "node_modules" / ".bin" / executable
    if not found.exists():
        folder.mkdir(parents=True, exist_ok=True)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), package]
        run_tool(npm, f"{package} could not be installed")
    return found


def run_tool(command: Sequence[str], otherwise: str) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise Unavailable(f"{otherwise}: {said[-1] if said else done.returncode}")


def subscribe_here(subject: Subject) -> Request:
    """A customer with a card, and a price, of the mock as of Stripe."""
    customer = subject.make("/v1/customers", email="jenny@example.com")
    card = subject.make("/v1/payment_methods/pm_card_visa/attach", customer=customer)
    subject.make(f"/v1/customers/{customer}", **{"invoice_settings[default_payment_method]": card})
    price = subject.make(
        "/v1/prices",
        **{"currency": "usd", "unit_amount": "900", "recurring[interval]": "month", "product_data[name]": "Magazine"},
    )
    return Request("POST", "/v1/subscriptions", {"customer": customer, "items[0][price]": price})


def subscribe_localstripe(subject: Subject) -> Request:
    """localstripe knows plans, and cards by their number."""
    customer = subject.make("/v1/customers", email="jenny@example.com")
    number = {"card[number]": "4242424242424242", "card[exp_month]": "12", "card[exp_year]": "2044", "card[cvc]": "123"}
    card = subject.make("/v1/payment_methods", type="card", **number)
    subject.make(f"/v1/payment_methods/{card}/attach", customer=customer)
    subject.make(f"/v1/customers/{customer}", **{"invoice_settings[default_payment_method]": card})
    product = subject.make("/v1/products", name="Magazine", type="service")
    plan = subject.make("/v1/plans", currency="usd", amount="900", interval="month", product=product)
    return Request("POST", "/v1/subscriptions", {"customer": customer, "items[0][plan]": plan})


def subscribe_stateful_mock(subject: Subject) -> Request:
    """stripe-stateful-mock stores subscriptions and bills nothing, so its figure is that of a bare record."""
    customer = subject.make("/v1/customers", email="jenny@example.com", source="tok_visa")
    plan = subject.make(
        "/v1/plans", **{"currency": "usd", "amount": "900", "interval": "month", "product[name]": "Magazine"}
    )
    return Request("POST", "/v1/subscriptions", {"customer": customer, "items[0][plan]": plan})


# It is filled before it serves, in its own process: it cannot read back a file of this size, and filling it over HTTP
# would write the file once for each customer.
LOCALSTRIPE_START = """
import sys
from localstripe import resources, server
stored = int(sys.argv.pop())
write, resources.Store.dump_to_disk = resources.Store.dump_to_disk, lambda store: None
tell, resources.schedule_webhook = resources.schedule_webhook, lambda event: None
event, resources.Event = resources.Event, lambda *about: None
for number in range(stored):
    resources.Customer(email=f"reader{number}@example.com", name=f"Reader {number}")
resources.Store.dump_to_disk, resources.schedule_webhook, resources.Event = write, tell, event
server.start()
"""
