"""Charts as boxes and words in points, y downwards: once drawn as SVG for HTML, once by reportlab for PDF."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from model.report.report import INVPB, Report, Table, invpb
from model.report.shown import shown

_LABEL, _SIZE, _SMALL = 84.0, 8.0, 7.0
_ROW, _BAR = 15.0, 10.0
_MOST_BARS = 14
_MOST_TICKS = 10
_COLUMN = invpb("value", "value")


@dataclass(frozen=True)
class Box:
    """A filled box; `token` is a colour of the palette."""

    x: float
    y: float
    width: float
    height: float
    token: str


@dataclass(frozen=True)
class Words:
    """A line of text at its base line; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    token: str = "ink"
    size: float = _SIZE


@dataclass(frozen=True)
class Chart:
    """A picture with the sentence that stands for it where it cannot be seen.

    Args:
        beside: name of the table whose numbers it draws.
    """

    beside: str
    title: str
    says: str
    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)


def charts(report: Report, width: float) -> list[Chart]:
    """Return the charts of a report, each as wide as it may be; a report of a shift has none."""
    names = {table.name for table in report.tables}
    if "by_day" not in names:
        return []
    found = [days(report.table("by_day"), width), flow(report.table("summary"), width)]
    return [
        *found,
        *(lost(report.table(name), width) for name in ("losses", "causes") if report.table(name).rows),
    ]


def flow(summary: Table, width: float) -> Chart:
    """Return delivered → recorded → processed → certified as bars with what is lost between them."""
    names = ("delivered", "recorded", "processed", "certified")
    values = [_number(summary.value(name, "value")) for name in names]
    most = max([*values, 1e-9])
    chart = _blank("summary", "Delivered → recorded → processed → certified", width, 2 * len(names) - 1)
    scale = (width - _LABEL - 62) / most
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        token = "accent" if name == "certified" else "series-fill"
        _bar(chart, 2 * place, name, [(0.0, value * scale, token)], _invpb(value))
        if place + 1 < len(names):
            less = value - values[place + 1]
            _bar(
                chart,
                2 * place + 1,
                "",
                [(values[place + 1] * scale, less * scale, "loss")],
                f"−{_invpb(less)}",
            )
    said = ", ".join(f"{name} {_invpb(value)} {INVPB}" for name, value in zip(names, values, strict=True))
    return _saying(chart, f"Bars: {said}.")


def lost(losses: Table, width: float) -> Chart:
    """Return the losses by subsystem: what it alone lost, and mixed as a bar of its own."""
    name = losses.columns[0].name
    pairs = list(zip(losses.column(name), losses.column("exclusive_invpb"), strict=True))
    some = [(str(who), _number(value)) for who, value in pairs if _number(value) > 0][:_MOST_BARS]
    chart = _blank(losses.name, f"{losses.title}: it alone, {INVPB}", width, max(len(some), 1))
    scale = (width - _LABEL - 62) / max([value for _, value in some] or [1.0])
    for place, (who, value) in enumerate(some):
        token = "edge" if who in ("mixed", "UNKNOWN") else "loss"
        _bar(chart, place, who, [(0.0, value * scale, token)], _invpb(value))
    said = ", ".join(f"{who} {_invpb(value)}" for who, value in some) or "nothing"
    return _saying(chart, f"Bars, {INVPB}: {said}.")


def days(by_day: Table, width: float) -> Chart:
    """Return recorded luminosity by day, the certified part of it filled."""
    told = zip(
        by_day.column("day"), by_day.column("recorded_invpb"), by_day.column("certified_invpb"), strict=True
    )
    rows = [(str(day), _number(recorded), _number(certified)) for day, recorded, certified in told]
    height, left, foot = 150.0, 40.0, 26.0
    chart = Chart("summary", f"Recorded by day, {INVPB}", "", width, height)
    most = _round_up(max([recorded for _, recorded, _ in rows] or [0.0]))
    tall, step = height - foot - 12, (width - left - 10) / max(len(rows), 1)
    for part in (0.0, 0.5, 1.0):
        y = 12 + tall * (1 - part)
        chart.boxes.append(Box(left, y, width - left - 10, 0.5, "line"))
        chart.words.append(Words(left - 4, y + 3, f"{most * part:,g}", "end", "dim", _SMALL))
    every = math.ceil(len(rows) / _MOST_TICKS)
    for place, (day, recorded, certified) in enumerate(rows):
        x, wide = left + place * step + step * 0.12, step * 0.76
        for value, token in ((recorded, "loss"), (certified, "accent")):
            high = tall * value / most
            chart.boxes.append(Box(x, 12 + tall - high, wide, high, token))
        if place % every == 0:
            chart.words.append(Words(x + wide / 2, height - 14, day[5:], "middle", "dim", _SMALL))
    for x, token, said in ((left, "accent", "certified"), (left + 72, "loss", "recorded, not certified")):
        chart.boxes.append(Box(x, height - 8, 7, 7, token))
        chart.words.append(Words(x + 10, height - 1.5, said, size=_SMALL))
    best = max(rows, key=lambda row: row[1], default=("", 0.0, 0.0))
    return _saying(chart, f"{len(rows)} days; most on {best[0]}: {_invpb(best[1])} {INVPB}.")


def _blank(beside: str, title: str, width: float, rows: int) -> Chart:
    return Chart(beside, title, "", width, rows * _ROW + 2)


def _saying(chart: Chart, said: str) -> Chart:
    return replace(chart, says=f"{chart.title}. {said}")


def _bar(chart: Chart, row: int, name: str, parts: Sequence[tuple[float, float, str]], said: str) -> None:
    y = row * _ROW
    chart.words.append(Words(_LABEL - 6, y + 9, name, "end"))
    for start, long, token in parts:
        chart.boxes.append(Box(_LABEL + start, y + 1, max(long, 0.5), _BAR, token))
    end = max(start + max(long, 0.5) for start, long, _ in parts)
    token = "loss" if not name else "ink"
    chart.words.append(Words(_LABEL + end + 4, y + 9, said, token=token))


def _invpb(value: float) -> str:
    return shown(value, _COLUMN, INVPB)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _round_up(value: float) -> float:
    """Return the next number of one digit, so that an axis ends on it."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * unit >= value)
