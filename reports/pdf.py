"""A report as PDF: sequence and digest on every page, drawn by reportlab alone, the same bytes each time."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as Grid

from components.theme import palette
from model.report.about import facts, title
from model.report.report import Report, Table, sha256
from model.report.shown import cells, heading
from reports.chart import Chart, charts

_FONTS = Path(__file__).parent / "fonts"
_FONT, _BOLD = "DejaVuSans", "DejaVuSans-Bold"
_PAGE = landscape(A4)
_SIDE, _TOP, _FOOT = 34.0, 44.0, 40.0
_WIDE = _PAGE[0] - 2 * _SIDE
_GAP, _PAD, _SIZE = 18.0, 3.0, 7.0
_LEAST_WORDS, _HEAD = 46.0, 62.0
#: rows of a table that has its chart beside it
_MOST_BESIDE = 30
_COLOURS = palette("light")
_UNKNOWN = "\ufffd"


def as_pdf(report: Report) -> bytes:
    """Return the report as PDF."""
    _register()
    out = io.BytesIO()
    document = BaseDocTemplate(out, pagesize=_PAGE, title=title(report), author="Run Registry", invariant=1)
    frame = Frame(_SIDE, _FOOT, _WIDE, _PAGE[1] - _TOP - _FOOT, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))

    def canvas(*args: Any, **words: Any) -> Canvas:
        return _Counted(report, *args, **words)

    document.build([*_head(report), *_tables(report)], canvasmaker=canvas)
    return out.getvalue()


def _register() -> None:
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        for name in (_FONT, _BOLD):
            pdfmetrics.registerFont(TTFont(name, _FONTS / f"{name}.ttf"))
        pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD)


class _Counted(Canvas):  # type: ignore[misc]  # reportlab has no types
    """A canvas that knows, when it draws the foot of a page, how many there are."""

    def __init__(self, report: Report, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self._report = report
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 -- reportlab's own name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for place, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            _around(self, self._report, f"page {place} of {len(self._pages)}")
            super().showPage()
        super().save()


def _around(canvas: Canvas, report: Report, page: str) -> None:
    right, top = _PAGE[0] - _SIDE, _PAGE[1] - _TOP + 14
    canvas.setStrokeColor(HexColor(_COLOURS["line"]))
    canvas.line(_SIDE, top - 5, right, top - 5)
    canvas.line(_SIDE, _FOOT - 8, right, _FOOT - 8)
    canvas.setFillColor(HexColor(_COLOURS["dim"]))
    canvas.setFont(_FONT, _SIZE)
    canvas.drawString(_SIDE, top, f"CMS Run Registry · {title(report)}")
    canvas.drawRightString(right, top, f"sequence {report.sequence}")
    canvas.drawString(_SIDE, _FOOT - 19, f"SHA-256 {sha256(report.body)}")
    canvas.drawRightString(right, _FOOT - 19, page)


def _style(
    size: float = _SIZE, *, bold: bool = False, token: str = "ink", right: bool = False
) -> ParagraphStyle:
    more: dict[str, Any] = {"alignment": TA_RIGHT} if right else {}
    font = _BOLD if bold else _FONT
    colour = HexColor(_COLOURS[token])
    return ParagraphStyle(
        "", fontName=font, fontSize=size, leading=size * 1.3, textColor=colour, splitLongWords=1, **more
    )


def _paragraph(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(_drawable(words)), style)


def _drawable(words: str) -> str:
    """Return words with a mark in the place of each character that the font does not have."""
    has = pdfmetrics.getFont(_FONT).face.charToGlyph
    return "".join(letter if ord(letter) in has or letter == "\n" else _UNKNOWN for letter in words)


def _head(report: Report) -> list[Any]:
    rows = [
        [_paragraph(name, _style(8, token="dim")), _paragraph(said, _style(8))] for name, said in facts(report)
    ]
    grid = Grid(rows, colWidths=[90, _WIDE - 90], hAlign="LEFT")
    grid.setStyle(
        [
            ("TOPPADDING", (0, 0), (-1, -1), 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ]
    )
    notes = [_paragraph(f"• {note}", _style(8)) for note in report.notes]
    return [
        _paragraph(title(report), _style(18, bold=True)),
        Spacer(0, 12),
        grid,
        Spacer(0, 6),
        *notes,
        Spacer(0, 10),
    ]


def _drawing(chart: Chart) -> Drawing:
    drawing = Drawing(chart.width, chart.height)
    for box in chart.boxes:
        place = (box.x, chart.height - box.y - box.height, box.width, box.height)
        drawing.add(Rect(*place, fillColor=HexColor(_COLOURS[box.token]), strokeColor=None))
    for words in chart.words:
        drawing.add(
            String(
                words.x,
                chart.height - words.y,
                _drawable(words.text),
                fontName=_FONT,
                fontSize=words.size,
                textAnchor=words.anchor,
                fillColor=HexColor(_COLOURS[words.token]),
            )
        )
    return drawing


def _tables(report: Report) -> list[Any]:
    parts: list[Any] = []
    drawn = charts(report, (_WIDE - _GAP) / 2)
    for table in report.tables:
        said = " ".join(part for part in (table.note, f"Source: {table.source}.") if part)
        body = [_grid(table)] if table.rows else []
        body.append(_paragraph(said, _style(token="dim")))
        beside = [chart for chart in drawn if chart.beside == table.name]
        head = [_paragraph(table.title, _style(11, bold=True)), Spacer(0, 3)]
        if beside and len(table.rows) <= _MOST_BESIDE:
            parts.append(KeepTogether([*head, _two(body, beside)]))
        else:
            parts += [CondPageBreak(90), *head, *body, *_figures(beside)]
        parts.append(Spacer(0, 12))
    return parts


def _figures(drawn: Sequence[Chart]) -> list[Any]:
    return [
        part for c in drawn for part in (_paragraph(c.title, _style(8, bold=True)), _drawing(c), Spacer(0, 8))
    ]


def _two(body: list[Any], beside: Sequence[Chart]) -> Grid:
    wide = (_WIDE - _GAP) / 2
    grid = Grid([[body, _figures(beside)]], colWidths=[wide + _GAP, wide], hAlign="LEFT")
    grid.setStyle(
        [("VALIGN", (0, 0), (-1, -1), "TOP"), *_padding(0, 0), ("RIGHTPADDING", (0, 0), (0, 0), _GAP)]
    )
    return grid


def _grid(table: Table) -> Grid:
    text = cells(table)
    body, dim = _style(), _style(token="dim")
    right, dim_right = _style(right=True), _style(token="dim", right=True)
    numeric = [column.is_number for column in table.columns]
    heads = [
        _paragraph(heading(c), dim_right if n else dim) for c, n in zip(table.columns, numeric, strict=True)
    ]
    rows = [
        [_paragraph(cell, right if n else body) for cell, n in zip(row, numeric, strict=True)] for row in text
    ]
    grid = Grid([heads, *rows], colWidths=_widths(table, text), repeatRows=1, splitInRow=1, hAlign="LEFT")
    lines = ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor(_COLOURS["line"]))
    grid.setStyle(
        [("VALIGN", (0, 0), (-1, -1), "TOP"), ("VALIGN", (0, 0), (-1, 0), "BOTTOM"), lines, *_padding(_PAD, 2)]
    )
    return grid


def _padding(side: float, above: float) -> list[Any]:
    sides = [(f"{name}PADDING", (0, 0), (-1, -1), side) for name in ("LEFT", "RIGHT")]
    return [*sides, *[(f"{name}PADDING", (0, 0), (-1, -1), above) for name in ("TOP", "BOTTOM")]]


def _widths(table: Table, text: Sequence[Sequence[str]]) -> list[float]:
    """Return how wide each column is: numbers as they need, words share what is left."""
    wanted = []
    for place, column in enumerate(table.columns):
        head = max(min(_width(heading(column)), _HEAD), *map(_width, heading(column).split()))
        longest = max([_width(row[place]) for row in text] + [head])
        wanted.append(longest + 2 * _PAD + 1)
    free = [place for place, column in enumerate(table.columns) if not column.is_number]
    left = _WIDE - sum(width for place, width in enumerate(wanted) if place not in free)
    # the narrow ones get what they need, the wide ones a fair part of the rest
    for done, place in enumerate(sorted(free, key=lambda place: wanted[place])):
        wanted[place] = min(wanted[place], max(left / (len(free) - done), _LEAST_WORDS))
        left -= wanted[place]
    scale = min(1.0, _WIDE / sum(wanted))
    return [width * scale for width in wanted]


def _width(words: str) -> float:
    return float(pdfmetrics.stringWidth(words, _FONT, _SIZE))
