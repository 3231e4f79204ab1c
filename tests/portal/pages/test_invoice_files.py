"""All invoices at once: the table, the PDFs, and a list of those that could not be fetched."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any
from zipfile import ZipFile

import pytest
from werkzeug.test import TestResponse

from flask_portal.pages import invoice_files
from tests.portal.pages.conftest import Shop, Visitor
from tests.portal.pages.test_invoices import bill

HEAD = (
    "Date of issue,Invoice number,Status,Currency,Subtotal,Discount,Tax,Total,Paid,Amount due,Date due,Period from,"
    "Period until,Description,Reference"
)


@pytest.fixture
def jenny(shop: Shop) -> str:
    return shop.customer()


@pytest.fixture
def visitor(shop: Shop, jenny: str) -> Visitor:
    return shop.visitor(jenny)


def table(answer: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def archive(visitor: Visitor, **query: Any) -> ZipFile:
    answer = visitor.get("invoices/download", query_string={"format": "zip", **query})
    assert answer.status_code == 200
    assert answer.content_type == "application/zip"
    return ZipFile(io.BytesIO(answer.data))


def day(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def test_the_table_has_iso_dates_and_plain_decimals(shop: Shop, jenny: str, visitor: Visitor) -> None:
    quarter = shop.client.v1.coupons.create({"percent_off": 25, "duration": "once"})
    tax: Any = {"display_name": "VAT", "percentage": 20, "inclusive": False}
    rate = shop.client.v1.tax_rates.create(tax)
    shop.subscription(jenny, discounts=[{"coupon": quarter.id}], default_tax_rates=[rate.id])
    [paid] = shop.client.v1.invoices.list({"customer": jenny}).data
    answer = visitor.get("invoices/download?format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="invoices.csv"'
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.data.decode("utf-8-sig").partition("\r\n")[0] == HEAD
    [row] = table(answer)
    assert (row["Date of issue"], row["Invoice number"], row["Status"]) == (day(paid.created), paid.number, "Paid")
    # 29.00 - 7.25 = 21.75, and a fifth of that is 4.35.
    names = ("Currency", "Subtotal", "Discount", "Tax", "Total", "Paid", "Amount due")
    assert [row[name] for name in names] == ["USD", "29.00", "-7.25", "4.35", "26.10", "26.10", "0.00"]
    assert (row["Date due"], row["Reference"]) == ("", paid.id)


def test_a_currency_without_decimals_is_written_without(shop: Shop, jenny: str, visitor: Visitor) -> None:
    made = shop.client.v1.invoices.create({"customer": jenny, "currency": "jpy"})
    item: Any = {"customer": jenny, "invoice": made.id, "amount": 500, "currency": "jpy"}
    shop.client.v1.invoice_items.create(item)
    shop.client.v1.invoices.finalize_invoice(made.id)
    assert table(visitor.get("invoices/download?format=csv"))[0]["Total"] == "500"


@pytest.mark.parametrize("text", ["=1+1", "+49", "-1", "@SUM(A1)", " =1", "\t=1", "＝1"])
def test_what_looks_like_a_formula_stays_text(shop: Shop, jenny: str, visitor: Visitor, text: str) -> None:
    bill(shop, jenny, description=f"{text}, “quoted”")
    [row] = table(visitor.get("invoices/download?format=csv"))
    assert row["Description"].startswith("'")
    assert row["Description"].endswith("“quoted”")


def test_the_table_speaks_the_language_of_the_visit(shop: Shop, jenny: str) -> None:
    bill(shop, jenny)
    [row] = table(shop.visitor(jenny, locale="de").get("invoices/download?format=csv"))
    assert (row["Rechnungsnummer"][-5:], row["Status"], row["Währung"]) == ("-0001", "Offen", "USD")


def test_a_zip_holds_the_table_and_the_pdfs(shop: Shop, jenny: str, visitor: Visitor) -> None:
    made = [bill(shop, jenny) for _ in range(2)]
    bill(shop, shop.customer(name="Somebody else"))
    shop.client.v1.invoices.create({"customer": jenny})
    found = archive(visitor)
    assert found.testzip() is None
    names = [f"{day(each.created)}-{each.number}-{each.id}.pdf" for each in reversed(made)]
    assert found.namelist() == ["invoices.csv", *names]
    assert all(found.read(name).startswith(b"%PDF-") for name in names)


def test_a_year_gives_its_own_file(shop: Shop, jenny: str, visitor: Visitor) -> None:
    made = bill(shop, jenny)
    year = datetime.fromtimestamp(made.created, UTC).year
    assert len(archive(visitor, year=year).namelist()) == 2
    assert archive(visitor, year=year - 1).namelist() == ["invoices.csv"]
    named = visitor.get(f"invoices/download?format=csv&year={year}").headers["Content-Disposition"]
    assert named == f'attachment; filename="invoices-{year}.csv"'


def test_a_pdf_that_cannot_be_fetched_is_listed(shop: Shop, jenny: str, visitor: Visitor) -> None:
    lost, kept = bill(shop, jenny), bill(shop, jenny)
    shop.transport.cut = f"{lost.id}_secret"
    found = archive(visitor)
    assert found.namelist() == ["invoices.csv", f"{day(kept.created)}-{kept.number}-{kept.id}.pdf", "missing.txt"]
    said = found.read("missing.txt").decode()
    assert str(lost.number) in said
    assert str(kept.number) not in said
    assert "secret" not in said


def test_what_is_too_much_for_one_file_is_listed(
    shop: Shop, jenny: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoice_files, "AT_ONCE", 1)
    monkeypatch.setattr(invoice_files, "MOST_FILES", 1)
    older, newer = bill(shop, jenny), bill(shop, jenny)
    found = archive(visitor)
    assert [name for name in found.namelist() if name.endswith(".pdf")] == [
        f"{day(newer.created)}-{newer.number}-{newer.id}.pdf"
    ]
    assert str(older.number) in found.read("missing.txt").decode()


def test_more_invoices_than_one_file_takes_are_refused_with_a_way_out(
    shop: Shop, jenny: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoice_files, "MOST_ROWS", 1)
    bill(shop, jenny)
    assert visitor.get("invoices/download?format=csv").status_code == 200
    bill(shop, jenny)
    answer = visitor.get("invoices/download?format=csv")
    assert answer.status_code == 403
    assert "Please choose a year." in answer.text


@pytest.mark.parametrize("query", ["", "format=exe", "format=csv&year=x"])
def test_an_unknown_file_is_nowhere(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"invoices/download?{query}").status_code == 404


def test_without_stripe_there_is_no_file(shop: Shop, visitor: Visitor) -> None:
    shop.transport.cut = "/v1/invoices"
    assert visitor.get("invoices/download?format=zip").status_code == 502


def test_the_list_offers_both_files(shop: Shop, jenny: str, visitor: Visitor) -> None:
    assert "Download all" not in visitor.get("invoices").text
    bill(shop, jenny)
    assert "Download all as ZIP" in visitor.get("invoices").text
