"""Two lists compared, with the cause of every lumisection and every 1/pb in which they differ."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import fsum
from typing import Any, NamedTuple

import orjson


class Kind(StrEnum):
    """What sort of cause it is; the last two are for a list from outside, of which no history is known."""

    DECISION = "decision"
    RULE = "rule"
    UPSTREAM = "upstream"
    LUMINOSITY = "luminosity"
    ABSENT = "absent"
    PUBLISHED = "published"


class Cause(NamedTuple):
    """Why lumisections came or went.

    Args:
        words: what changed, from what to what.
        sequence: the event; None where no event of the journal did it, and then nobody is named.
        at: when it was recorded, RFC 3339.
        comment: what its author said of it.
    """

    kind: Kind
    words: str
    sequence: int | None = None
    at: str = ""
    author: str = ""
    is_person: bool = False
    comment: str = ""


class Block(NamedTuple):
    """Neighbouring lumisections of one cause.

    Args:
        change: lumisections gained, or below 0 lost; 0 where both lists have them.
        change_invpb: change of recorded luminosity, 1/pb.
        cause: place among the causes.
    """

    run_number: int
    first: int
    last: int
    change: int
    change_invpb: float
    cause: int


@dataclass(frozen=True)
class Side:
    """One of the two lists: what it is called, and what it has."""

    name: str
    lumisections: int
    recorded_invpb: float


@dataclass(frozen=True)
class Sums:
    """Totals of blocks, luminosity in 1/pb."""

    gained: int
    lost: int
    change_invpb: float
    blocks: int


@dataclass(frozen=True)
class Attributed:
    """What differs between two lists: causes in journal order, blocks in order of runs and lumisections.

    Args:
        differing: lumisections that are in one list only, counted without any cause.
    """

    before: Side
    after: Side
    source: str
    differing: int
    causes: tuple[Cause, ...]
    blocks: tuple[Block, ...]

    def sums(self, kind: Kind | None = None) -> Sums:
        """Return the totals of one kind of cause, or of all."""
        return sums([b for b in self.blocks if kind is None or self.causes[b.cause].kind == kind])

    @property
    def share(self) -> float:
        """Return the share of differing lumisections that have a cause."""
        found = self.sums()
        return (found.gained + found.lost) / self.differing if self.differing else 1.0

    @property
    def kinds(self) -> list[Kind]:
        """Return the kinds that occur."""
        found = {cause.kind for cause in self.causes}
        return [kind for kind in Kind if kind in found]

    def written(self) -> bytes:
        """Return it as bytes to keep."""
        sides = [asdict(self.before), asdict(self.after)]
        return orjson.dumps([sides, self.source, self.differing, self.causes, self.blocks], default=list)


def read(data: bytes) -> Attributed:
    """Return what was kept."""
    sides, source, differing, causes, blocks = orjson.loads(data)
    told = tuple(Cause(Kind(kind), *rest) for kind, *rest in causes)
    both = Side(**sides[0]), Side(**sides[1])
    return Attributed(*both, source, differing, told, tuple(Block(*block) for block in blocks))


def sums(blocks: Sequence[Block]) -> Sums:
    """Return the totals of blocks."""
    gained = sum(max(block.change, 0) for block in blocks)
    lost = -sum(min(block.change, 0) for block in blocks)
    return Sums(gained, lost, fsum(block.change_invpb for block in blocks), len(blocks))


def document(found: Attributed) -> dict[str, Any]:
    """Return it as plain data: each cause with its totals and blocks."""
    of_cause: list[list[Block]] = [[] for _ in found.causes]
    for block in found.blocks:
        of_cause[block.cause].append(block)
    causes = [
        {**cause._asdict(), **asdict(sums(blocks)), "blocks": [_plain(block) for block in blocks]}
        for cause, blocks in zip(found.causes, of_cause, strict=True)
    ]
    kinds = {kind.value: asdict(found.sums(kind)) for kind in found.kinds}
    sides = {"before": asdict(found.before), "after": asdict(found.after)}
    totals = {"differing": found.differing, "attributed": found.share, **asdict(found.sums())}
    return {**sides, "luminosity_source": found.source, **totals, "kinds": kinds, "causes": causes}


def _plain(block: Block) -> dict[str, Any]:
    plain = block._asdict()
    del plain["cause"]
    return plain
