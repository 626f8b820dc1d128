"""PDF, HTML and CSV say what the report says: each number, each word, and nothing else."""

import csv as csv_reader
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from model.report.report import INVPB, LS, PERCENT, Report, count, invpb, percent, sha256, table, words
from model.report.shown import cells, shown
from reports.csv import HEAD, as_csv
from reports.html import as_html
from reports.pdf import as_pdf
from tests.reports.conftest import HOSTILE

_DIGITS = {INVPB: 3, PERCENT: 1, LS: 0, "": 0}


class _Rows(HTMLParser):
    """The rows of every table of a page, by the id of their section."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self.tags: set[str] = set()
        self._section, self._in_cell = "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "section":
            self._section = dict(attrs).get("id") or ""
            self.found[self._section] = []
        if tag == "tr":
            self.found[self._section].append([])
        if tag in ("td", "th"):
            self.found[self._section][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.found[self._section][-1][-1] += data


def _pages(report: Report) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(as_pdf(report))).pages]


def _numbers(report: Report) -> list[tuple[float, str, str]]:
    """Return every number of a report as (value, unit, as it is shown)."""
    found = []
    for one in report.tables:
        for row, text in zip(one.rows, cells(one), strict=True):
            own = dict(zip([c.name for c in one.columns], row, strict=True)).get("unit", "")
            for column, value, said in zip(one.columns, row, text, strict=True):
                if column.is_number and value is not None:
                    found.append((float(value), column.unit or str(own), said))
    return found


@pytest.fixture(params=["era", "shift"])
def report(request: pytest.FixtureRequest) -> Report:
    found: Report = request.getfixturevalue(request.param)
    return found


def test_what_is_shown_is_the_number_rounded(report: Report) -> None:
    numbers = _numbers(report)
    assert len(numbers) > 10
    for value, unit, said in numbers:
        if said.startswith("<"):
            assert 0 < value < float(said.removeprefix("< "))
        else:
            assert float(said.replace(",", "")) == round(value, _DIGITS[unit])


def test_html_has_every_row_of_the_report_as_it_is_shown(report: Report) -> None:
    page = _Rows(as_html(report))
    for one in report.tables:
        rows = page.found[one.name][1:] if one.rows else page.found[one.name]
        assert rows == cells(one)


def test_pdf_has_every_number_of_the_report_as_often_as_it_is_shown(report: Report) -> None:
    text = " ".join(_pages(report)).split()
    for said in {said for *_, said in _numbers(report) if not said.startswith("<")}:
        shown_times = sum(said == other for *_, other in _numbers(report))
        assert text.count(said) >= shown_times, said


def test_pdf_has_sequence_digest_and_number_on_every_page(report: Report) -> None:
    pages = _pages(report)
    for number, page in enumerate(pages, 1):
        assert f"sequence {report.sequence}" in page and sha256(report.body) in page
        assert f"page {number} of {len(pages)}" in page


def test_pdf_draws_units_and_arrows(era: Report) -> None:
    first = _pages(era)[0]
    assert "pb⁻¹" in first and "Delivered → recorded → processed → certified" in first
    assert "\ufffd" not in first, "the font lacks a character that stands on every report"


def test_the_same_report_is_the_same_document(report: Report) -> None:
    assert as_pdf(report) == as_pdf(report)
    assert as_html(report) == as_html(report) and as_csv(report) == as_csv(report)


def test_html_fetches_nothing_and_runs_nothing(report: Report) -> None:
    page = as_html(report)
    assert not _Rows(page).tags & {"script", "link", "img", "iframe", "b"}
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", page)
    assert "prefers-color-scheme:dark" in page and "@media print" in page


def test_what_somebody_wrote_stays_words(shift: Report) -> None:
    said = shift.table("decisions").column("comment")[-1]
    assert HOSTILE[:20] in str(said)
    assert "&lt;script&gt;" in as_html(shift)
    assert "<script>alert(1)</script>" in " ".join(" ".join(_pages(shift)).split())


def test_csv_has_each_value_with_its_unit_and_source(report: Report) -> None:
    rows = list(csv_reader.reader(io.StringIO(as_csv(report), newline="")))
    assert tuple(rows[0]) == HEAD
    assert ["report", "0", report.kind, "sha256", sha256(report.body), "", ""] in rows
    cells_of = {(row[0], row[1], row[3]): row for row in rows[1:]}
    for one in report.tables:
        for number, row in enumerate(one.rows):
            for column, value in zip(one.columns, row, strict=True):
                told = cells_of[one.name, str(number), column.name]
                if column.is_number and value is not None:
                    assert float(told[4]) == value and told[6] == one.source
                if column.unit:
                    assert told[5] == column.unit


def test_csv_gives_a_spreadsheet_no_formula(shift: Report) -> None:
    values = [row[4] for row in csv_reader.reader(io.StringIO(as_csv(shift), newline=""))]
    assert any(value.startswith("'=1+1") for value in values)
    assert not [value for value in values if value.startswith(("=", "@", "+"))]


@pytest.mark.parametrize(
    ("value", "column", "said"),
    [
        (None, invpb("lost", "lost"), "–"),
        (None, words("why", "why"), ""),
        (0.0, invpb("lost", "lost"), "0.000"),
        (0.0001, invpb("lost", "lost"), "< 0.001"),
        (-0.0001, invpb("change", "change"), "> -0.001"),
        (-1.5, invpb("change", "change"), "-1.500"),
        (12345.6789, invpb("lost", "lost"), "12,345.679"),
        (99.96, percent("share", "share"), "100.0"),
        (0.01, percent("share", "share"), "< 0.1"),
        (380649, count("run_number", "run"), "380649"),
        (12345, count("lumisections", "lumisections", LS), "12,345"),
    ],
)
def test_a_value_is_shown_in_one_way(value: float | None, column: object, said: str) -> None:
    assert shown(value, column, column.unit) == said  # type: ignore[attr-defined,arg-type]  # a column of any sort


def test_a_report_of_nothing_and_one_of_long_words_can_be_printed(era: Report) -> None:
    empty = table("losses", "Losses", [words("subsystem", "subsystem")], [], "OMS", "Nothing was lost.")
    long = table(
        "notes", "Notes", [words("a", "a"), words("b", "b")], [("x" * 9000, "word " * 4000)], "journal"
    )
    kept = [one for one in era.tables if one.name in ("summary", "by_day", "causes")]
    odd = replace(era, tables=(*kept, empty, long))
    assert len(_pages(odd)) > 3 and "Nothing was lost." in as_html(odd)
