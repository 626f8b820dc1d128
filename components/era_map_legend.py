"""The legend of the era map, and the picture itself as the browser draws it: how each kind looks."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from components import theme
from components.markup import attributes
from model.era_map.era_map import EraMap, Line
from model.era_map.question import Question, Tells
from model.vocabulary import Status

#: token of the fill, token of the pattern on it, pattern: 0 none, 1 and 2 hatched either way, 3 dots
_LOOKS = {
    "on": ("bit-on", "bit-on", 0),
    "off": ("loss", "loss", 0),
    "unknown": ("empty", "hatch", 1),
    "golden": ("bit-on", "bit-on", 0),
    "other": ("map-grey", "map-grey", 0),
    Status.EMPTY.name: ("empty", "hatch", 1),
    Status.NOTSET.name: ("notset", "edge", 3),
}
#: status colours mean status, so reasons take the others, first plain, then hatched
_REASONS = [(token, "card", pattern) for pattern in (0, 1, 2) for token in ("loss", "accent", "map-violet")]
_SHORTER = ("lumisection.rr.", "lumisection.oms.")


@dataclass(frozen=True)
class View:
    """What the address of a map says: the question, how long the axis is, and what was dropped."""

    question: Question
    search: Mapping[str, str]
    eras: Mapping[str, int]
    colours: Sequence[str]
    shows_all: bool = False
    notes: Sequence[str] = ()


def legend(view: View, found: EraMap) -> list[Any]:
    """Return what the colours mean; pressing one shows it alone."""
    lines = [_line(place, line, found) for place, line in enumerate(found.legend) if line.lumisections]
    source = f"recorded, {found.source}" if found.has_luminosity else "no luminosity"
    return [
        html.H2([_title(view), " ", html.Span(source, className="dim")]),
        html.Ul(lines, className="era-map-lines"),
        html.P(
            "Press one to see it alone. A number that is missing is drawn as EMPTY is.", className="dim small"
        ),
    ]


def _title(view: View) -> str:
    asked = view.question
    return {
        Tells.WORST: f"Worst status of {asked.workspace}",
        Tells.GOLDEN: "First clause not passed",
    }.get(asked.tells, asked.name)


def _line(place: int, line: Line, found: EraMap) -> html.Li:
    fill, ink, pattern = look_of(place, line)
    worth = f" · {line.recorded_invpb:,.1f} pb⁻¹" if found.has_luminosity else ""
    style = {"--fill": f"var(--{fill})", "--ink": f"var(--{ink})", "color": f"var(--{_text(fill)})"}
    chip = html.Span(html.B(line.group.letter), className=f"era-map-chip pattern-{pattern}", style=style)
    glyph = f" {line.group.glyph}" if line.group.glyph not in ("", line.group.letter) else ""
    label = shorter(line.group.label).removeprefix("not: ")
    words = [
        html.Span(label + glyph),
        html.Span(f"{line.lumisections:,} LS{worth}", className="num dim"),
    ]
    pressed = {"aria-pressed": "false", "data-group": str(place)}
    return html.Li(html.Button([chip, *words], type="button", **attributes(pressed)))


def look_of(place: int, line: Line) -> tuple[str, str, int]:
    """Return the token of its fill, that of the pattern on it, and which pattern: 0 is none."""
    look = line.group.look
    if look == "reason":
        return _REASONS[place] if place < len(_REASONS) else _LOOKS["other"]
    if look in _LOOKS:
        return _LOOKS[look]
    # a row may be one px high: no room for lines, so a status has its full colour here
    token = Status[look].name.lower()
    return token, token, 0


def _text(fill: str) -> str:
    tokens = theme.palette("dark")
    if f"{fill}-ink" in tokens:
        return f"{fill}-ink"
    return "ink" if fill == "bit-on" else "card"


def shorter(text: str) -> str:
    """Return a clause without the paths that every clause begins with."""
    for path in _SHORTER:
        text = text.replace(path, "")
    return text


def picture(view: View, found: EraMap) -> dict[str, Any]:
    """Return what the browser draws from: a byte per lumisection, and how each kind is drawn."""
    asked = view.question
    names = sorted(set(found.datasets))
    looks = [look_of(place, line) for place, line in enumerate(found.legend)]
    return {
        "stage": asked.stage.value,
        "workspace": asked.workspace,
        "column": asked.name if asked.tells is Tells.COLUMN else "",
        "runs": found.run_numbers,
        "lengths": found.lengths,
        "names": names,
        "name": [names.index(name) for name in found.datasets] if len(names) > 1 else [],
        "last": found.longest if view.shows_all else found.usual_last,
        "packed": b64encode(found.packed).decode(),
        "kinds": [[kind.group, shorter(kind.words)] for kind in found.kinds],
        "groups": [
            {"fill": fill, "ink": ink, "pattern": pattern, "text": _text(fill), "letter": line.group.letter}
            | {"label": shorter(line.group.label)}
            for (fill, ink, pattern), line in zip(looks, found.legend, strict=True)
        ],
    }
