"""Refusals of the model: every one is a sentence for a person and has a stable code."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.authors import Author


class RunRegistryError(Exception):
    """A refusal of the model; `str()` is the sentence a person reads."""

    code = "refused"


class NotFound(RunRegistryError):
    """What was named does not exist."""

    code = "not-found"


class Invalid(RunRegistryError):
    """What was asked for makes no sense: reversed range, unknown status, text where a number belongs."""

    code = "invalid"


class Forbidden(RunRegistryError):
    """The author lacks the right; the sentence names the group that has it.

    Args:
        by: who was denied which action, and where; None where it is no matter of rights. It is kept once.
    """

    code = "forbidden"

    def __init__(
        self, sentence: str, by: "Author | None" = None, action: str = "", workspace: str = ""
    ) -> None:
        super().__init__(sentence)
        self.by, self.action, self.workspace = by, action, workspace
        self.is_kept = False


class NotOpen(RunRegistryError):
    """The state does not allow the edit."""

    code = "not-open"

    def __init__(self, sentence: str, *, is_undecided: bool = False) -> None:
        super().__init__(sentence)
        #: what is to be signed off has lumisections on which nobody decided
        self.is_undecided = is_undecided


@dataclass(frozen=True)
class Conflict:
    """Both sides of one refused edit: what the author wants, what somebody else said meanwhile."""

    run_number: int
    dataset: str
    column: str
    ranges: tuple[tuple[int, int], ...]
    yours: str
    theirs: str
    by: str


class Stale(RunRegistryError):
    """Somebody else changed the same lumisections after the author looked."""

    code = "stale"

    def __init__(self, sentence: str, conflicts: Sequence[Conflict]) -> None:
        super().__init__(sentence)
        self.conflicts = tuple(conflicts)


class Ambiguous(RunRegistryError):
    """A question has more than one answer and no policy was given."""

    code = "ambiguous"


class Broken(RunRegistryError):
    """The journal does not verify: the sentence says where."""

    code = "broken"


class Reused(RunRegistryError):
    """A key under which a deed is done once came with another deed."""

    code = "key-reused"


class Busy(RunRegistryError):
    """Another writer held the journal's lock for longer than anybody should wait; nothing was written."""

    code = "busy"


class Unreachable(Busy):
    """The database, or what the hosts share, does not answer; the sentence says what that means."""

    code = "unreachable"


class CalledOff(RunRegistryError):
    """Somebody called long work off before it was done; nothing was written."""

    code = "called-off"


class Stopped(RunRegistryError):
    """What was asked for met a limit of time or memory and was ended."""

    code = "stopped"


class TooMany(RunRegistryError):
    """The same person or program asks for too much at once."""

    code = "too-many"

    def __init__(self, sentence: str, retry_s: int = 1) -> None:
        super().__init__(sentence)
        #: seconds after which it may be asked again
        self.retry_s = retry_s


class Absent(RunRegistryError):
    """A process that would answer is not there; others are not touched by that."""

    code = "absent"
