"""An era map: a byte per lumisection of every row, its legend with luminosities, kept for all workers."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection

from model import cache as keys
from model.era_map import telling
from model.era_map.question import Question, Rows, Tells, rows
from model.era_map.telling import Group, Kind, Told
from model.frames import Frames
from model.frames.refs import DatasetRef, refs
from model.golden.golden import GoldenRoom
from model.grid.grid import columns_of
from model.rulebook.book import RuleVersion, golden_rule
from model.vocabulary import DEFAULT_SOURCE

_FORMAT = 3
#: share of the rows that the axis holds whole; the others are cut off, and say so
_WHOLE = 0.99


@dataclass(frozen=True)
class Line:
    """A group of the legend with how many lumisections it has, and their recorded luminosity in 1/pb."""

    group: Group
    lumisections: int
    recorded_invpb: float


@dataclass(frozen=True)
class EraMap:
    """Rows of lumisections 1, 2, …, the newest run first.

    Args:
        lengths: last lumisection of each row; its codes are so many bytes.
        packed: codes of all rows one after the other, deflated; each is a place among the kinds.
        kinds: what a code stands for; the last one is a hole, whose group is none.
        usual_last: lumisection at which 99 % of the rows have ended.
        has_luminosity: whether any row has one.
        rule: name of the golden rule, where it tells.
        is_read_by_rule: whether the rule is meant for these datasets.
        left_out: older rows that had no room.
        newest_left_out: the newest run of these.
    """

    run_numbers: tuple[int, ...]
    datasets: tuple[str, ...]
    lengths: tuple[int, ...]
    packed: bytes
    kinds: tuple[Kind, ...]
    legend: tuple[Line, ...]
    usual_last: int
    has_luminosity: bool
    source: str
    rule: str
    is_read_by_rule: bool
    left_out: int
    newest_left_out: int | None = None

    @property
    def longest(self) -> int:
        """Return the last lumisection of any row."""
        return max(self.lengths, default=0)

    @property
    def codes(self) -> bytes:
        """Return the codes of all rows."""
        return zlib.decompress(self.packed)


def era_map(connection: Connection, room: GoldenRoom, asked: Question) -> EraMap:
    """Return the map of a question; what was computed for a state of the runs is never computed again."""
    found = rows(connection, asked)
    rule = golden_rule(connection, asked.at) if asked.tells is Tells.GOLDEN else None
    names = _names(connection, asked)
    if not found.refs or (asked.tells is Tells.GOLDEN and rule is None) or not (names or rule):
        return _nothing(found.left_out)
    told_by = (rule.name, rule.digest, rule.text.datasets) if rule else names
    key = _key(connection, room, asked, found.refs, (told_by, found.left_out, found.newest_left_out))
    if kept := room.cache.get(key):
        return _read(kept)
    made = _made(connection, room, asked, found, names, rule)
    room.cache.set(key, _written(made))
    return made


def _names(connection: Connection, asked: Question) -> tuple[str, ...]:
    if asked.tells is Tells.WORST:
        return columns_of(connection, asked.workspace, asked.stage, asked.at)
    return (asked.name,) if asked.name else ()


def _key(
    connection: Connection, room: GoldenRoom, asked: Question, chosen: Sequence[DatasetRef], besides: Any
) -> str:
    versions = room.frames.known.versions(connection, asked.at, {r.run_number for r in chosen})
    read = [(r.dataset_id, versions.get(r.run_number, 0)) for r in chosen]
    return keys.key("era-map", _FORMAT, asked.tells.value, besides, read)


def _made(
    connection: Connection,
    room: GoldenRoom,
    asked: Question,
    found: Rows,
    names: Sequence[str],
    rule: RuleVersion | None,
) -> EraMap:
    chosen = found.refs
    wanted = telling.variables(asked.tells, names, rule)
    frames = room.frames.frames(connection, chosen, wanted, asked.at)
    recorded, _ = room.frames.luminosity(connection, chosen, wanted, asked.at)
    told = _told(asked, frames, names, rule, recorded)
    lengths = tuple(unit.length for unit in frames.units)
    meant = {r.dataset_id for r in refs(connection, asked.at, rule.text.datasets)} if rule else set()
    return EraMap(
        run_numbers=tuple(r.run_number for r in chosen),
        datasets=tuple(r.name for r in chosen),
        lengths=lengths,
        packed=_packed(frames, told),
        kinds=(*told.kinds, Kind(-1, telling.HOLE)),
        legend=_legend(frames, told, recorded),
        usual_last=int(np.percentile(lengths, 100 * _WHOLE, method="inverted_cdf")),
        has_luminosity=bool(recorded.any()),
        source=DEFAULT_SOURCE,
        rule=rule.name if rule else "",
        is_read_by_rule=all(r.dataset_id in meant for r in chosen) if rule else True,
        left_out=found.left_out,
        newest_left_out=found.newest_left_out,
    )


def _told(
    asked: Question, frames: Frames, names: Sequence[str], rule: RuleVersion | None, recorded: np.ndarray
) -> Told:
    if rule is not None:
        # an era without luminosity is ordered by lumisections
        return telling.of_rule(frames, rule, recorded if recorded.any() else frames.lengths.astype(float))
    if asked.tells is Tells.BIT:
        return telling.of_bit(frames, names[0])
    return telling.of_columns(frames, names)


def _packed(frames: Frames, told: Told) -> bytes:
    codes = np.where(frames.exists, told.codes, len(told.kinds)).astype(np.uint8)
    return zlib.compress(np.repeat(codes, frames.lengths).tobytes(), 6)


def _legend(frames: Frames, told: Told, recorded: np.ndarray) -> tuple[Line, ...]:
    group_of = np.array([kind.group for kind in told.kinds], dtype=np.int64)
    group = group_of[told.codes[frames.exists]]
    many = np.bincount(group, frames.lengths[frames.exists], len(told.groups))
    lumi = np.bincount(group, recorded[frames.exists], len(told.groups))
    return tuple(
        Line(each, int(count), float(invpb))
        for each, count, invpb in zip(told.groups, many.tolist(), lumi.tolist(), strict=True)
    )


def _nothing(left_out: int) -> EraMap:
    return EraMap((), (), (), zlib.compress(b""), (), (), 0, False, DEFAULT_SOURCE, "", True, left_out)


def _written(found: EraMap) -> bytes:
    return orjson.dumps({**asdict(found), "packed": b64encode(found.packed).decode()})


def _read(data: bytes) -> EraMap:
    plain = orjson.loads(data)
    lists = {name: tuple(plain[name]) for name in ("run_numbers", "datasets", "lengths")}
    kinds = tuple(Kind(**kind) for kind in plain["kinds"])
    legend = tuple(Line(**{**line, "group": Group(**line["group"])}) for line in plain["legend"])
    packed = b64decode(plain["packed"])
    return EraMap(**{**plain, **lists, "kinds": kinds, "legend": legend, "packed": packed})
