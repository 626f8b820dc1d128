"""A filter as SQL over the tables of a snapshot: what `model/filters/sql.py` asks the registry's own store.

The condition is about one row `d` of `datasets` and the row `r` of `runs` of its run.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from model.clock import moment
from model.errors import Invalid
from model.filters.language import Either, Every, Filter, Leaf, Not, runs
from model.filters.words import words
from model.vocabulary import GLOBAL, ONLINE, State, Status

_NUMBERS = {
    "run_number": "d.run_number",
    "fill_number": "d.fill_number",
    "lumisections": "d.lumisections",
    "recorded_invpb": "d.recorded_lumi_invpb",
    "delivered_invpb": "d.delivered_lumi_invpb",
    "duration_s": "r.duration_s",
}
_TEXTS = {
    "era": "d.era",
    "run_class": "d.run_class",
    "run_state": "r.state",
    "stop_reason": "r.stop_reason",
    "stage": "d.stage",
    "name": "d.dataset",
}
_HERE = "v.run_number = d.run_number AND v.dataset = d.dataset"


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def condition(wanted: Filter) -> str:
    """Return a filter as a condition.

    Raises:
        Invalid: a part of it asks what no snapshot holds; the part is named.
    """
    if isinstance(wanted, Not):
        return f"NOT coalesce({condition(wanted.part)}, false)"
    if isinstance(wanted, Every | Either):
        joint = " AND " if isinstance(wanted, Every) else " OR "
        parts = [condition(part) for part in wanted.parts]
        return f"({joint.join(parts)})" if parts else str(isinstance(wanted, Every)).lower()
    return _leaf(wanted)


def _leaf(leaf: Leaf) -> str:
    said = leaf.operands
    if leaf.word in _NUMBERS:
        return f"coalesce({_NUMBERS[leaf.word]}, 0) {said[0]} {said[1]!r}"
    if leaf.word in _TEXTS:
        column = _TEXTS[leaf.word]
        if said[0] == "contains":
            return f"contains(lower({column}), lower({quoted(said[1])}))"
        return f"{column} {said[0]} {quoted(said[1])}"
    if leaf.word not in _WORDS:
        raise Invalid(f"No snapshot holds what “{words(leaf)}” asks.")
    return _WORDS[leaf.word](*said)


def _runs(text: str) -> str:
    return "(" + " OR ".join(f"d.run_number BETWEEN {a} AND {b}" for a, b in runs(text)) + ")"


def _started(how: str, when: str) -> str:
    return f"r.start_time {how} {_time(when)}"


def _state(workspace: str, state: str) -> str:
    def own(name: str) -> str:
        of = f"s.run_number = d.run_number AND s.dataset = d.dataset AND s.workspace = {quoted(name)}"
        return f"(SELECT s.state FROM dataset_states s WHERE {of})"

    offline = f"coalesce({own(workspace)}, {own(GLOBAL)}, {quoted(State.OPEN.value)})"
    return f"CASE WHEN d.dataset = '{ONLINE}' THEN r.state ELSE {offline} END = {quoted(state)}"


def _cell(column: str, status: str, how: str, least: float = 0) -> str:
    if status == Status.EMPTY.name:
        raise Invalid("A snapshot has no rows of what is EMPTY.")
    of = f"{_HERE} AND v.column = {quoted(column)} AND v.status = '{status}'"
    if how in ("any", "none"):
        return f"{'NOT ' if how == 'none' else ''}EXISTS (SELECT 1 FROM verdict_ranges v WHERE {of})"
    if how == "invpb":
        # of the source that counts: two calibrations are never added up
        lumi = "JOIN luminosity l ON l.run_number = v.run_number AND l.source = d.lumi_source"
        within = "AND l.lumisection BETWEEN v.first AND v.last"
        many = f"SELECT sum(l.recorded_lumi_invpb) FROM verdict_ranges v {lumi} {within} WHERE {of}"
        return f"coalesce(({many}), 0) >= {least!r}"
    many = f"SELECT sum(v.last - v.first + 1) FROM verdict_ranges v WHERE {of}"
    return f"coalesce(({many}), 0) " + ("= d.lumisections" if how == "all" else f">= {least!r}")


def _says(text: str) -> str:
    found = " OR ".join(
        f"contains(lower(v.{name}), lower({quoted(text.strip())}))" for name in ("cause", "comment")
    )
    return f"EXISTS (SELECT 1 FROM verdict_ranges v WHERE {_HERE} AND ({found}))"


def _by(author: str) -> str:
    of = f"{_HERE} AND v.author = {quoted(author)}"
    return f"EXISTS (SELECT 1 FROM verdict_ranges v WHERE {of})"


def _since(when: int | str) -> str:
    if isinstance(when, int):
        return f"EXISTS (SELECT 1 FROM verdict_ranges v WHERE {_HERE} AND v.since >= {when})"
    recorded = f"h.sequence = v.since AND h.recorded_at > {_time(when)}"
    return f"EXISTS (SELECT 1 FROM verdict_ranges v JOIN history h ON {recorded} WHERE {_HERE})"


def _time(text: str) -> str:
    at = moment(text)
    assert isinstance(at, datetime)
    return f"TIMESTAMPTZ '{at.isoformat()}'"


_WORDS: Mapping[str, Callable[..., str]] = {
    "runs": _runs,
    "started": _started,
    "significant": lambda: "r.is_significant",
    "state": _state,
    "cell": _cell,
    "says": _says,
    "by": _by,
    "since": _since,
}
