"""What waits for somebody, most luminosity first: decisions, late changes of upstream, findings."""

from collections.abc import Callable, Collection, Iterable

from sqlalchemy import Connection

from model.queries.decisions import Item, Kind, queue
from model.ranges import count, text
from model.report.report import LS, Row, Table, invpb, table, words
from model.report.report import count as counted
from model.sentinel.finding import WORDS
from model.sentinel.findings import Listed, listed
from model.sentinel.sentinel import Sentinel
from model.vocabulary import DEFAULT_SOURCE

_SHOWN = 25
_EVERY = 100_000
_LONGEST = 60
_WHAT = {
    Kind.PEOPLE: "people differ",
    Kind.RULE: "a rule differs from a person",
    Kind.PROPOSAL: "proposal not answered",
    Kind.UNDECIDED: "not decided",
    Kind.LATE: "late change of upstream",
}
_FINDING = "finding"
_COLUMNS = (
    words("what", "what"),
    counted("run_number", "run"),
    words("dataset", "dataset"),
    words("where", "column or owner"),
    counted("lumisections", "lumisections", LS),
    invpb("at_stake", "at stake"),
    words("sentence", "why"),
)


def open_items(
    connection: Connection,
    sentinel: Sentinel,
    numbers: Collection[int],
    at: int,
    is_asked: Callable[[Item], bool] = lambda _: True,
) -> tuple[Table, Table]:
    """Return how much of each sort is open in some runs as of a sequence, and the items of most luminosity."""
    inside = set(numbers)
    waiting = [
        item
        for item in queue(connection, None, at, limit=_EVERY)
        if item.run_number in inside and is_asked(item)
    ]
    found = [each for each in listed(sentinel, connection, at, sorted(inside)) if each.acknowledged is None]
    items = [(_stake(item.at_stake_invpb), _item(item)) for item in waiting]
    items += [(each.finding.at_stake_invpb, _finding(each)) for each in found]
    items.sort(key=lambda pair: (-pair[0], pair[1][1:4], pair[1][0]))
    left = f"; {len(items) - _SHOWN:,} more are open" if len(items) > _SHOWN else ""
    note = f"The {_SHOWN} with most luminosity{left}." if left else ("" if items else "Nothing is open.")
    return (
        _totals(waiting, found),
        table("open_items", "Open items", _COLUMNS, (row for _, row in items[:_SHOWN]), DEFAULT_SOURCE, note),
    )


def _totals(waiting: Iterable[Item], found: Iterable[Listed]) -> Table:
    sorts: dict[str, list[tuple[int, float]]] = {}
    for item in waiting:
        sorts.setdefault(_WHAT[item.kind], []).append((item.run_number, _stake(item.at_stake_invpb)))
    for each in found:
        sorts.setdefault(_FINDING, []).append((each.finding.run_number, each.finding.at_stake_invpb))
    # several things wait on the same lumisections: of each run the largest counts, as everywhere
    rows = [
        (what, len(some), len({run for run, _ in some}), sum(_largest(some).values()))
        for what, some in sorts.items()
    ]
    columns = (
        words("what", "what"),
        counted("items", "items"),
        counted("runs", "runs"),
        invpb("at_stake", "at stake"),
    )
    note = "Of each run, what has most luminosity at stake counts once." if rows else "Nothing is open."
    rows.sort(key=lambda row: (-row[3], row[0]))
    return table("open_totals", "Open items by sort", columns, rows, DEFAULT_SOURCE, note)


def _largest(some: Iterable[tuple[int, float]]) -> dict[int, float]:
    found: dict[int, float] = {}
    for run, stake in some:
        found[run] = max(found.get(run, 0.0), stake)
    return found


def _stake(value: float | None) -> float:
    return value or 0.0


def _item(item: Item) -> Row:
    what, where = _WHAT[item.kind], item.column or "run"
    lumisections, said = count(item.ranges), item.sentence
    return what, item.run_number, item.dataset, where, lumisections, item.at_stake_invpb, said


def _finding(each: Listed) -> Row:
    found = each.finding
    spans = text(found.lumisections)
    where = f" (LS {spans})" if spans and len(spans) <= _LONGEST else ""
    said = f"{WORDS[found.kind]}: {found.sentence}{where}"
    stake = found.at_stake_invpb
    return _FINDING, found.run_number, "online", found.owner, found.lumisection_count, stake, said
