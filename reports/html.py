"""A report as one HTML file: nothing is fetched, light and dark, and it prints."""

from collections.abc import Iterator, Sequence
from html import escape

from components.theme import THEMES, palette
from model.report.about import facts
from model.report.about import title as titled
from model.report.report import Report, Table, sha256
from model.report.shown import cells, heading, looks
from reports.chart import Chart, charts
from reports.svg import svg

_TOKENS = ("bg", "card", "line", "edge", "ink", "dim", "accent", "series-fill", "loss")
_WIDTH = 340.0
_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:13px/1.45 "DejaVu Sans",Verdana,sans-serif}
main{max-width:1180px;margin:0 auto;padding:24px 20px 40px}
h1{font-size:24px;line-height:1.2;margin:0 0 12px}h2{font-size:15px;margin:0 0 6px}
section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px 14px;margin:0 0 12px}
section,section>*{min-width:0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 14px;margin:0}
dt,.dim{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}p{margin:6px 0 0}
ul{margin:8px 0 0;padding-left:18px}
.two{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:24px;align-items:start}
@media screen and (max-width:760px){.two{grid-template-columns:minmax(0,1fr)}}
figure{margin:0 0 14px}figcaption{font-weight:700;margin:0 0 4px}svg{width:100%;height:auto;display:block}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:12px}
th,td{padding:4px 8px;text-align:left;border-top:1px solid var(--line);vertical-align:top}
th{color:var(--dim);font-weight:500;border-top:0;vertical-align:bottom}
.num{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.num{white-space:normal;min-width:72px}
td.short{white-space:nowrap}
.digest{font-family:"DejaVu Sans Mono",monospace;font-size:11px}
@page{size:A4 landscape;margin:14mm 12mm 16mm;@bottom-left{content:"FOOT";font:7px sans-serif}
@bottom-right{content:"page " counter(page) " of " counter(pages);font:8px sans-serif}}
@media print{main{max-width:none;padding:0}section{border:0;padding:0;break-inside:auto}
figure,tr{break-inside:avoid}h2{break-after:avoid}thead{display:table-header-group}
.scroll{overflow:visible}th.num{min-width:0}table,p,dl,ul{font-size:9px}
th,td{padding:2px 4px}*{print-color-adjust:exact}}
"""


def as_html(report: Report) -> str:
    """Return the report as a page of its own."""
    foot = f"Run Registry · sequence {report.sequence} · SHA-256 {sha256(report.body)}"
    style = _tokens() + _STYLE.replace("FOOT", foot)
    drawn = charts(report, _WIDTH)
    sections = (
        _section(table, [chart for chart in drawn if chart.beside == table.name]) for table in report.tables
    )
    title = f"{titled(report)} · sequence {report.sequence}"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{_head(report)}{''.join(sections)}</main></body></html>\n"
    )


def _tokens() -> str:
    light, dark = (
        ";".join(f"--{name}:{palette(theme)[name]}" for name in _TOKENS) for theme in reversed(THEMES)
    )
    in_dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    return f":root{{{light}}}{in_dark}@media print{{:root{{--bg:#fff;--card:#fff}}}}"


def _head(report: Report) -> str:
    lines = "".join(
        f"<dt>{escape(name)}</dt><dd{_css(name)}>{escape(said)}</dd>" for name, said in facts(report)
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    also = f"<ul>{notes}</ul>" if notes else ""
    return f"<h1>{escape(titled(report))}</h1><section><dl>{lines}</dl>{also}</section>"


def _css(name: str) -> str:
    return ' class="digest"' if name == "SHA-256" else ""


def _section(table: Table, drawn: Sequence[Chart]) -> str:
    said = " ".join(part for part in (table.note, f"Source: {table.source}.") if part)
    body = f'<div class="scroll"><table>{"".join(_lines(table))}</table></div>' if table.rows else ""
    body += f'<p class="dim">{escape(said)}</p>'
    if drawn:
        body = f'<div class="two"><div>{body}</div><div>{"".join(map(_figure, drawn))}</div></div>'
    return f'<section id="{escape(table.name)}"><h2>{escape(table.title)}</h2>{body}</section>'


def _figure(chart: Chart) -> str:
    return f"<figure><figcaption>{escape(chart.title)}</figcaption>{svg(chart)}</figure>"


def _lines(table: Table) -> Iterator[str]:
    css = [f' class="{look}"' if look else "" for look in looks(table)]
    heads = (f"<th{c}>{escape(heading(column))}</th>" for c, column in zip(css, table.columns, strict=True))
    yield f"<thead><tr>{''.join(heads)}</tr></thead><tbody>"
    for row in cells(table):
        yield f"<tr>{''.join(f'<td{c}>{escape(cell)}</td>' for c, cell in zip(css, row, strict=True))}</tr>"
    yield "</tbody>"
