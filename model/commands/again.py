"""After a rule became active: runs that are still open are decided again, in short turns of the journal's lock.

Whoever edits meanwhile waits for one turn at most. Deciding is safe to repeat: where the rules say what they
said before, nothing is recorded, and a person's word stays above theirs. Runs that were signed off keep what
they had, and datasets the defaults they were born with; derived columns follow where their workspace is open.
"""

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from model.authors import REGISTRY
from model.clock import Clock
from model.commands import automatic
from model.commands.derived import derive, writing
from model.db import Database
from model.errors import Busy
from model.journal import sequence_now
from model.queries import runs
from model.rulebook.book import Rulebook, rulebook
from model.rulebook.texts import Purpose
from model.vocabulary import State

#: so long a turn goes on taking runs, in seconds
TURN_S = 0.1
#: so long whoever made a rule active waits for open runs to be decided again, in seconds
AT_ONCE_S = 1.0
_OF_OPEN_RUNS = (Purpose.CLASS, Purpose.SIGNIFICANCE, Purpose.ONLINE_VERDICT)


@dataclass(frozen=True)
class Again:
    """How far deciding again has come.

    Args:
        columns: online columns to decide.
        waiting: runs to decide, the newest first.
        decided: how many were, and of them `changed` got something new.
        action: the action that all of it is recorded as.
        is_derived: columns of datasets are derived again, of runs that were signed off too.
    """

    columns: frozenset[str]
    waiting: tuple[int, ...]
    decided: int = 0
    changed: int = 0
    action: int | None = None
    is_derived: bool = False

    @property
    def sentence(self) -> str:
        """Return in words what was decided."""
        which = "" if self.is_derived else "open "
        if not self.decided and not self.waiting:
            return f"No {which}run asks it."
        said = f"{self.decided:,} {which}{'run was' if self.decided == 1 else 'runs were'} decided again"
        rest = f"; {len(self.waiting):,} more follow" if self.waiting else ""
        return f"{said}, {self.changed:,} with something new{rest}."


def concerned(connection: Connection, name: str) -> Again:
    """Return which open runs a rule concerns, by itself or as a flag of others; none for a selection.

    Raises:
        NotFound: no such rule.
    """
    at = sequence_now(connection)
    book = rulebook(connection, at)
    book.version(name)
    names = {name, *book.dependents(name)}
    is_derived = bool(_reads(book, names, Purpose.DERIVED_VERDICT))
    if any(_reads(book, names, purpose) for purpose in (Purpose.CLASS, Purpose.SIGNIFICANCE)):
        columns = frozenset(book.lists(Purpose.ONLINE_VERDICT))
    else:
        columns = frozenset(_reads(book, names, Purpose.ONLINE_VERDICT))
        if not columns and not is_derived:
            return Again(frozenset(), ())
    known = runs.runs(connection, at)
    found = [run.run_number for run in known if is_derived or run.state == State.OPEN]
    return Again(columns, tuple(reversed(found)), is_derived=is_derived)


def decide_again(database: Database, clock: Clock, asked: Again, *, until: float = math.inf) -> Again:
    """Decide runs again until a time on the monotonic clock; return what was done and what is left.

    A run that was signed off meanwhile keeps what it has.
    """
    while asked.waiting and time.monotonic() < until:
        asked = take_turn(database, clock, asked)
    return asked


def follow(database: Database, clock: Clock, name: str) -> Again:
    """Decide runs again by a rule that became active: some at once, the rest beside whoever asks.

    Returns: how far it came at once.
    """
    with database.reading() as connection:
        asked = concerned(connection, name)
    try:
        found = decide_again(database, clock, asked, until=time.monotonic() + AT_ONCE_S)
    except Busy:
        # the rule is active whoever writes now; what waits is decided beside
        found = asked
    if found.waiting:
        threading.Thread(target=decide_again, args=(database, clock, found), daemon=True).start()
    return found


def take_turn(database: Database, clock: Clock, asked: Again) -> Again:
    """Decide as many runs as one turn of the journal's lock allows, one at least."""
    done = changed = 0
    with writing(database, clock, asked.action) as tx:
        end = time.monotonic() + TURN_S
        for run_number in asked.waiting:
            classified = automatic.classify_run(tx, run_number, REGISTRY)
            columns = None if classified else asked.columns
            recorded = classified + automatic.certify_run(tx, run_number, REGISTRY, columns=columns)
            recorded += derive(tx, [run_number]) if asked.is_derived else 0
            done, changed = done + 1, changed + bool(recorded)
            if time.monotonic() > end:
                break
        action = tx.action
    left = asked.waiting[done:]
    return replace(
        asked, waiting=left, decided=asked.decided + done, changed=asked.changed + changed, action=action
    )


def _reads(book: Rulebook, names: set[str], purpose: Purpose) -> Sequence[str]:
    """Return the targets of a purpose whose lists hold one of some rules."""
    return [target for target, rules in book.lists(purpose).items() if names & {rule.name for rule in rules}]
