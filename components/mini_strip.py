"""A strip in a table cell and a tile on the board: plain CSS, to scale, no Plotly."""

from collections.abc import Mapping, Sequence

from dash import dcc, html

from components.lumisection_strip import Span
from components.markup import attributes
from model.vocabulary import GLYPH, LETTER, SEVERITY, Status


def _class(span: Span) -> str:
    status = Status(span.status)
    name = f"is-{status.name.lower()}"
    if span.is_person or status in (Status.EMPTY, Status.NOTSET):
        return name
    return f"{name}-rule" if status is Status.GOOD else f"{name}-rule is-proposed"


def mini_strip(spans: Sequence[Span], first: int, last: int) -> html.Div:
    """Return spans to the scale of `first` to `last`; what no span covers stays blank."""
    pieces: list[tuple[int, str, str]] = []
    at = first
    for span in spans:
        begin, end = max(span.first, first), min(span.last, last)
        if end < begin:
            continue
        if begin > at:
            pieces.append((begin - at, "is-hole", ""))
        said = f"LS {span.first}–{span.last} {Status(span.status).name}"
        title = " · ".join(filter(None, (said, span.author, span.cause, span.comment)))
        pieces.append((end - begin + 1, _class(span), title))
        at = end + 1
    if at <= last:
        pieces.append((last - at + 1, "is-hole", ""))
    words = {Status(span.status).name for span in spans}
    return html.Div(
        [
            html.I(className=kind, style={"flex": f"{size} 1 0"}, title=title or None)
            for size, kind, title in pieces
        ],
        className="mini-strip",
        role="img",
        **attributes({"aria-label": f"LS {first}–{last}: {', '.join(sorted(words)) or 'nothing'}"}),
    )


def worst(counts: Mapping[Status, int]) -> Status:
    """Return the worst status that at least one lumisection has; EMPTY when none has any."""
    return next((status for status in SEVERITY if counts.get(status)), Status.EMPTY)


def status_tile(column: str, counts: Mapping[Status, int], href: str = "") -> dcc.Link | html.Div:
    """Return one tile of the board: the worst status and on how many lumisections."""
    status = worst(counts)
    words = f"{GLYPH[status]} {LETTER[status]}" if status is not Status.NOTSET else LETTER[status]
    if status is Status.EMPTY:
        words = "nothing yet"
    elif status is not Status.GOOD:
        words += f" · {counts.get(status, 0)} LS"
    title = ", ".join(f"{n} LS {s.name}" for s, n in counts.items() if n) or "no lumisection yet"
    body = [html.B(column), html.Span(words)]
    look = f"tile is-{status.name.lower()}"
    if href:
        return dcc.Link(body, href=href, className=look, title=title)
    return html.Div(body, className=look, title=title)


def total(spans: Sequence[Span]) -> dict[Status, int]:
    """Return how many lumisections have each status."""
    out: dict[Status, int] = {}
    for span in spans:
        status = Status(span.status)
        out[status] = out.get(status, 0) + span.last - span.first + 1
    return out
