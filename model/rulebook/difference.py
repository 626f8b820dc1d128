"""What a rule would change: two lists over the same datasets, in lumisections, runs and luminosity."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection

from model.errors import Invalid, NotFound
from model.frames import FrameStore
from model.frames.frames import Floats
from model.frames.store import refs, require_pattern
from model.ranges import Ranges, text
from model.rulebook.book import RuleVersion, rulebook
from model.rulebook.deciding import NO_VALUE, SELECTED, Said, say, wanted
from model.rulebook.texts import LISTED, OF_RUNS, Purpose, RuleText
from model.vocabulary import ONLINE
from rules.errors import RulesError

NOT_SELECTED = "not selected"
_MOST_RUNS_NAMED = 200


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

    pattern: str
    at: int
    closure: str
    considered_lumisections: int
    considered_runs: int
    considered_invpb: float
    changes: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        """Return in words what would change."""
        if not self.changes:
            count, runs = self.considered_lumisections, self.considered_runs
            return f"Nothing would change on {count:,} LS of {runs} runs."
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
            "pattern": self.pattern,
            "sequence": self.at,
            "considered": {**considered, "recorded_invpb": round(self.considered_invpb, 6)},
            "changes": changes,
            "sentence": self.sentence,
        }


def backtest(
    connection: Connection, store: FrameStore, name: str, tested: RuleText, over: tuple[str, int]
) -> Difference:
    """Compare a rule as it would be with what holds now, over the datasets of a pattern.

    A rule of a decision list is compared as part of its list: what the column, class or workspace would get.

    Args:
        over: dataset pattern, and the sequence at which data and rules are read.

    Raises:
        Invalid: the rule cannot be evaluated.
        NotFound: no dataset matches.
    """
    pattern, at = over
    book = rulebook(connection, at)
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
    over: tuple[str, int],
) -> Difference:
    """Compare two lists over the datasets of a pattern; `after` ends with, or contains, what is tested.

    Raises:
        Invalid: a rule cannot be evaluated.
        NotFound: no dataset matches.
    """
    pattern, at = over
    require_pattern(pattern)
    purpose = Purpose(after[0].text.purpose) if after else Purpose.SELECTION
    chosen = refs(connection, at, ONLINE if purpose in OF_RUNS else pattern)
    if not chosen:
        raise NotFound(f"No dataset is named {pattern} (% stands for any text).")
    variables = wanted(before, after)
    try:
        old = say(connection, store, before, chosen, (at, variables))
        new = say(connection, store, after, chosen, (at, variables))
    except RulesError as error:
        raise Invalid(f"The rule cannot be evaluated: {error}") from error
    recorded = store.luminosity(connection, chosen, variables, at)[0] * new.frames.exists
    tested = next((rule for rule in after if rule not in before), after[-1])
    return _difference((old, new), recorded, tested.digest, over, len({ref.run_number for ref in chosen}))


def _difference(
    said: tuple[Said, Said], recorded: Floats, closure: str, over: tuple[str, int], runs: int
) -> Difference:
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
    return Difference(over[0], over[1], closure, total, runs, lumi, tuple(found))


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
    runs = f"{len(change.ranges)} run{'' if len(change.ranges) == 1 else 's'}"
    lost = change.before == SELECTED or change.after in ("BAD", "STANDBY", "EXCLUDED", "NOTSET")
    sign = "−" if lost else "+"
    return (
        f"{change.lumisections:,} LS of {runs} would turn from {change.before} to {change.after}"
        f" ({sign}{change.recorded_invpb:.3f} pb⁻¹)."
    )
