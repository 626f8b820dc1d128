"""What a rule would change: two lists over the same datasets, in lumisections, runs and luminosity."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection

from model.errors import Invalid, NotFound
from model.frames import FrameStore
from model.frames.frames import Floats
from model.frames.refs import DatasetRef, refs, require_pattern
from model.queries import runs
from model.ranges import Ranges, text
from model.rulebook.book import RuleVersion, rulebook
from model.rulebook.deciding import NO_VALUE, SELECTED, Said, say, wanted
from model.rulebook.texts import LISTED, OF_RUNS, Purpose, RuleText
from model.vocabulary import ONLINE
from rules.errors import RulesError

NOT_SELECTED = "not selected"
_MOST_RUNS_NAMED = 200


class Over(NamedTuple):
    """What two lists are compared over: datasets by name pattern and era, as they were at a sequence.

    Args:
        era: such as 2024C; empty for every era.
    """

    pattern: str
    at: int
    era: str = ""


@dataclass(frozen=True)
class Change:
    """Lumisections on which two lists differ in the same way; luminosity recorded, 1/pb."""

    before: str
    after: str
    lumisections: int
    recorded_invpb: float
    ranges: dict[int, Ranges]


@dataclass(frozen=True)
class Difference:
    """Two lists compared over datasets; `changes` holds what differs, most lumisections first.

    Args:
        closure: digest of what was tested, its flags included.
    """

    over: Over
    closure: str
    considered_lumisections: int
    considered_runs: int
    considered_invpb: float
    changes: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        """Return in words what would change."""
        if not self.changes:
            count, many = self.considered_lumisections, self.considered_runs
            return f"Nothing would change on {count:,} LS of {many} runs."
        return " ".join(_clause(change) for change in self.changes)

    def document(self) -> dict[str, Any]:
        """Return what a draft keeps of it."""
        changes = [
            {
                "before": change.before,
                "after": change.after,
                "lumisections": change.lumisections,
                "recorded_invpb": round(change.recorded_invpb, 6),
                "runs": len(change.ranges),
                "ranges": {str(run): text(spans) for run, spans in _first(change.ranges)},
            }
            for change in self.changes
        ]
        considered = {"lumisections": self.considered_lumisections, "runs": self.considered_runs}
        return {
            "pattern": self.over.pattern,
            "era": self.over.era,
            "sequence": self.over.at,
            "considered": {**considered, "recorded_invpb": round(self.considered_invpb, 6)},
            "changes": changes,
            "sentence": self.sentence,
        }


def backtest(connection: Connection, store: FrameStore, name: str, tested: RuleText, over: Over) -> Difference:
    """Compare a rule as it would be with what holds now, over the datasets of a pattern or an era.

    A rule of a decision list is compared as part of its list: what the column, class or workspace would get.

    Raises:
        Invalid: the rule cannot be evaluated.
        NotFound: no dataset matches.
    """
    book = rulebook(connection, over.at)
    version = book.version(name).version + 1 if name in book.names else 1
    new = book.given(tested, name, version)
    if tested.purpose in LISTED:
        old_list = book.lists(Purpose(tested.purpose)).get(tested.target, ())
        rest = [rule for rule in old_list if rule.name != name]
        return compare(connection, store, old_list, sorted([*rest, new], key=attrgetter("strength")), over)
    old = [book.version(name)] if name in book.names else []
    return compare(connection, store, old, [new], over)


def compare(
    connection: Connection,
    store: FrameStore,
    before: Sequence[RuleVersion],
    after: Sequence[RuleVersion],
    over: Over,
) -> Difference:
    """Compare two lists over datasets; `after` ends with, or contains, what is tested.

    Raises:
        Invalid: a rule cannot be evaluated.
        NotFound: no dataset matches.
    """
    at, purpose = over.at, Purpose(after[0].text.purpose) if after else Purpose.SELECTION
    chosen = _chosen(connection, over._replace(pattern=ONLINE) if purpose in OF_RUNS else over)
    variables = wanted(before, after)
    try:
        old = say(connection, store, before, chosen, (at, variables))
        new = say(connection, store, after, chosen, (at, variables))
    except RulesError as error:
        raise Invalid(f"The rule cannot be evaluated: {error}") from error
    recorded = store.luminosity(connection, chosen, variables, at)[0] * new.frames.exists
    tested = next((rule for rule in after if rule not in before), after[-1])
    return _difference((old, new), recorded, tested.digest, over, len({ref.run_number for ref in chosen}))


def _chosen(connection: Connection, over: Over) -> list[DatasetRef]:
    require_pattern(over.pattern)
    found = refs(connection, over.at, over.pattern)
    if over.era:
        inside = {run.run_number for run in runs.runs(connection, over.at) if run.era == over.era}
        found = [ref for ref in found if ref.run_number in inside]
    if not found:
        of_era = f" of era {over.era}" if over.era else ""
        raise NotFound(f"No dataset{of_era} is named {over.pattern} (% stands for any text).")
    return found


def _difference(said: tuple[Said, Said], recorded: Floats, closure: str, over: Over, count: int) -> Difference:
    old, new = said
    pairs = np.stack([old.decisions.codes, new.decisions.codes]).astype(np.int64)
    names = (_named(old), _named(new))
    found = []
    for a, b in np.unique(pairs[:, new.lumisections > 0], axis=1).T.tolist():
        if names[0][a] == names[1][b]:
            continue
        where = (pairs[0] == a) & (pairs[1] == b) & (new.lumisections > 0)
        found.append(_change(new, where, (names[0][a], names[1][b]), recorded))
    found.sort(key=lambda change: (-change.lumisections, change.before, change.after))
    total, lumi = int(new.lumisections.sum()), float(recorded.sum())
    return Difference(over, closure, total, count, lumi, tuple(found))


def _change(new: Said, where: np.ndarray, names: tuple[str, str], recorded: Floats) -> Change:
    ranges: dict[int, Ranges] = {}
    for unit, spans in new.frames.ranges(where).items():
        run = new.frames.units[unit].run.run_number
        ranges[run] = ranges.get(run, ()) + spans
    count, lumi = int(new.lumisections[where].sum()), float(recorded[where].sum())
    return Change(*names, count, lumi, ranges)


def _named(said: Said) -> tuple[str, ...]:
    """Return the values, a selection's absence in words of its own."""
    selection = SELECTED in said.decisions.values or len(said.decisions.values) == 2
    return tuple(NOT_SELECTED if v == NO_VALUE and selection else v for v in said.decisions.values)


def _first(ranges: dict[int, Ranges]) -> list[tuple[int, Ranges]]:
    return sorted(ranges.items())[:_MOST_RUNS_NAMED]


def _clause(change: Change) -> str:
    many = f"{len(change.ranges)} run{'' if len(change.ranges) == 1 else 's'}"
    lost = change.before == SELECTED or change.after in ("BAD", "STANDBY", "EXCLUDED", "NOTSET")
    sign = "−" if lost else "+"
    return (
        f"{change.lumisections:,} LS of {many} would turn from {change.before} to {change.after}"
        f" ({sign}{change.recorded_invpb:,.3f} pb⁻¹)."
    )
