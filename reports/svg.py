"""A chart as SVG: by the tokens of the page around it, or in the colours of one theme."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from reports.chart import Box, Chart, Words

_FONT = "DejaVu Sans, Verdana, sans-serif"


def svg(chart: Chart, colours: Mapping[str, str] | None = None) -> str:
    """Return a chart; without colours it takes the CSS variables of where it stands."""

    def fill(token: str) -> str:
        return colours[token] if colours else f"var(--{token})"

    parts = [_box(box, fill(box.token)) for box in chart.boxes]
    parts += [_words(words, fill(words.token)) for words in chart.words]
    size = f'viewBox="0 0 {chart.width:g} {chart.height:g}"'
    if colours:
        size += f' width="{chart.width:g}" height="{chart.height:g}"'
    label = f'role="img" aria-label={quoteattr(chart.says)}'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {label} font-family="{_FONT}">{"".join(parts)}</svg>'
    )


def _box(box: Box, fill: str) -> str:
    place = f'x="{box.x:.2f}" y="{box.y:.2f}" width="{box.width:.2f}" height="{box.height:.2f}"'
    return f'<rect {place} style="fill:{fill}"/>'


def _words(words: Words, fill: str) -> str:
    place = f'x="{words.x:.2f}" y="{words.y:.2f}" text-anchor="{words.anchor}" font-size="{words.size:g}"'
    return f'<text {place} style="fill:{fill}">{escape(words.text)}</text>'
