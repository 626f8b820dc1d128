"""Frames kept in the process, keyed by what they read; one changed run re-reads that run only."""

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from threading import Lock
from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection, bindparam, select

from model.frames.frames import Floats, Frames, build
from model.frames.known import Known
from model.frames.painter import Names, Unit
from model.frames.refs import DatasetRef, refs
from model.frames.rows import Rows, read
from model.frames.splice import Splice
from model.frames.variables import CAUSE, OMS, OVERRULED, PILEUP, VERDICT, VOICE
from model.queries import luminosities, runs
from model.tables import author, dataset, term
from model.vocabulary import DEFAULT_SOURCE, EXISTS, ONLINE

_KEPT = 8
#: up to so many runs are named in a query
_FEW = 2_000
_IDS = select(term.c.text, term.c.id).where(term.c.text.in_(bindparam("texts", expanding=True)))
_TEXTS = select(term.c.id, term.c.text).where(term.c.id.in_(bindparam("ids", expanding=True)))
_ONLINE = select(dataset.c.run_number, dataset.c.id).where(dataset.c.name == ONLINE)
_ONLINE_OF = _ONLINE.where(dataset.c.run_number.in_(bindparam("runs", expanding=True)))
_LAYERS = (CAUSE, VOICE, OVERRULED)
#: recorded and delivered luminosity, and how many lumisections have one
Lumi = tuple[Floats, Floats, Floats]


@dataclass(frozen=True)
class _Kept:
    versions: dict[int, int]
    names: Names
    frames: Frames
    lumi: dict[str, Lumi]


class FrameStore:
    """Frames of the last questions asked, brought up to date run by run."""

    def __init__(self) -> None:
        self.known = Known()
        self._kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
        self._refs: OrderedDict[str, tuple[int, list[DatasetRef]]] = OrderedDict()
        self._lock = Lock()

    def refs(self, connection: Connection, at: int, pattern: str) -> list[DatasetRef]:
        """Return the datasets whose name matches a LIKE pattern, as `refs` does; runs that stayed are not read.

        A dataset comes, goes and is hidden by an event of its run.
        """
        with self._lock:
            since, kept = self._refs.get(pattern, (at + 1, []))
        if since > at:
            found = refs(connection, at, pattern)
        else:
            moved = {n for n, version in self.known.versions(connection, at).items() if version > since}
            fresh = refs(connection, at, pattern, moved) if moved else []
            stayed = [each for each in kept if each.run_number not in moved]
            # what a run has stays in the order in which the store gave it
            found = sorted([*stayed, *fresh], key=attrgetter("run_number"))
        with self._lock:
            self._refs[pattern] = at, found
            while len(self._refs) > _KEPT:
                self._refs.popitem(last=False)
        return found

    def frames(
        self, connection: Connection, refs: Sequence[DatasetRef], wanted: frozenset[str], at: int
    ) -> Frames:
        """Return the frames of datasets with the variables a rule reads, as they held at a sequence."""
        return self._current(connection, refs, wanted, at).frames

    def unkept(
        self, connection: Connection, refs: Sequence[DatasetRef], wanted: frozenset[str], at: int
    ) -> Frames:
        """Return frames as `frames` does, for who asks once: those that are kept stay."""
        return _load(connection, refs, wanted, at, {}, None).frames

    def luminosity(
        self,
        connection: Connection,
        refs: Sequence[DatasetRef],
        wanted: frozenset[str],
        at: int,
        source: str = DEFAULT_SOURCE,
    ) -> tuple[Floats, Floats]:
        """Return recorded and delivered luminosity per segment, 1/pb, of one source."""
        recorded, delivered, _ = self.lit(connection, refs, wanted, at, source)[1]
        return recorded, delivered

    def lit(
        self,
        connection: Connection,
        refs: Sequence[DatasetRef],
        wanted: frozenset[str],
        at: int,
        source: str = DEFAULT_SOURCE,
    ) -> tuple[Frames, Lumi]:
        """Return the frames with their luminosity and how many lumisections of each segment the source has."""
        kept = self._current(connection, refs, wanted, at)
        if source not in kept.lumi:
            kept.lumi[source] = _lumi(connection, kept.frames, source, at)
        return kept.frames, kept.lumi[source]

    def clear(self) -> None:
        """Forget everything; no answer changes."""
        self.known.clear()
        with self._lock:
            self._kept.clear()
            self._refs.clear()

    def _current(
        self, connection: Connection, refs: Sequence[DatasetRef], wanted: frozenset[str], at: int
    ) -> _Kept:
        key = (tuple(r.dataset_id for r in refs), wanted)
        all_versions = self.known.versions(connection, at, {r.run_number for r in refs})
        versions = {r.run_number: all_versions.get(r.run_number, 0) for r in refs}
        with self._lock:
            kept = self._kept.get(key)
        if kept is None or kept.versions != versions:
            kept = _load(connection, refs, wanted, at, versions, kept)
            with self._lock:
                self._kept[key] = kept
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return kept


def _load(
    connection: Connection,
    refs: Sequence[DatasetRef],
    wanted: frozenset[str],
    at: int,
    versions: dict[int, int],
    before: _Kept | None,
) -> _Kept:
    names = names_of(connection, wanted)
    if before is not None and (before.names.columns, before.names.attributes) == (
        names.columns,
        names.attributes,
    ):
        stale = [i for i, r in enumerate(refs) if before.versions[r.run_number] != versions[r.run_number]]
        if stale and len(stale) * 4 < len(refs):
            fresh = _built(connection, [refs[i] for i in stale], names, wanted, at)
            splice = Splice(before.frames, fresh, stale)
            lumi: dict[str, Lumi] = {}
            for source, kept in before.lumi.items():
                new = _lumi(connection, fresh, source, at)
                recorded, delivered, many = map(splice.joined, kept, new)
                lumi[source] = recorded, delivered, many
            return _Kept(versions, names, splice.frames(), lumi)
    return _Kept(versions, names, _built(connection, refs, names, wanted, at), {})


def _built(
    connection: Connection, refs: Sequence[DatasetRef], names: Names, wanted: frozenset[str], at: int
) -> Frames:
    online = online_ids(connection, {r.run_number for r in refs})
    own = [r.dataset_id for r in refs]
    base = sorted({*(online[r.run_number] for r in refs), *own})
    ids = (list(names.columns.values()), [*names.attributes.values(), names.exists])
    layers = [layer for layer in _LAYERS if any(path.startswith(layer) for path in wanted)]
    rows = read(connection, at, own, base, ids, layers)
    names = with_values(connection, names, rows)
    units = _units(connection, refs, online, rows, names, at)
    if PILEUP not in wanted:
        return build(units, rows, names, wanted)
    found = luminosities.luminosity_of_runs(connection, [r.run_number for r in refs], DEFAULT_SOURCE, at)
    return build(units, rows, names, wanted, {run: arrays.pileup for run, arrays in found.items()})


def names_of(connection: Connection, wanted: frozenset[str]) -> Names:
    """Return the ids of what a rule reads; values are not among them yet."""
    columns = {
        path.removeprefix(layer) for layer in (VERDICT, *_LAYERS) for path in wanted if path.startswith(layer)
    }
    attributes = [path.removeprefix(OMS) for path in wanted if path.startswith(OMS)]
    texts = [*columns, *attributes, EXISTS]
    ids = {row.text: row.id for row in connection.execute(_IDS, {"texts": texts})}
    return Names(
        {c: ids[c] for c in columns if c in ids},
        {a: ids[a] for a in attributes if a in ids},
        ids.get(EXISTS, -1),
        {},
    )


def with_values(connection: Connection, names: Names, rows: Rows) -> Names:
    """Return the names with the values that stand in rows."""
    ids = np.unique(rows.upstream[:, 4]).tolist()
    values = {key: orjson.loads(text) for key, text in _texts(connection, ids).items()}
    given = np.unique(rows.layers.get(CAUSE, rows.verdicts[:0])[:, 4]).tolist()
    causes = _texts(connection, given)
    people: frozenset[int] = frozenset()
    if VOICE in rows.layers:
        people = frozenset(connection.execute(select(author.c.id).where(author.c.is_person)).scalars())
    return replace(names, values=values, causes=causes, people=people)


def _texts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    return {row.id: row.text for row in connection.execute(_TEXTS, {"ids": ids})} if ids else {}


def online_ids(connection: Connection, run_numbers: Collection[int]) -> dict[int, int]:
    """Return the id of the online dataset of each run."""
    if len(run_numbers) <= _FEW:
        found = connection.execute(_ONLINE_OF, {"runs": run_numbers})
    else:
        found = connection.execute(_ONLINE)
    return {row.run_number: row.id for row in found}


def _units(
    connection: Connection,
    refs: Sequence[DatasetRef],
    online: dict[int, int],
    rows: Rows,
    names: Names,
    at: int,
) -> list[Unit]:
    exists = rows.upstream[rows.upstream[:, 1] == names.exists]
    lengths: dict[int, int] = {}
    for dataset_id, last in exists[:, [0, 3]].tolist():
        lengths[dataset_id] = max(lengths.get(dataset_id, 0), last)
    numbers = sorted({r.run_number for r in refs})
    known = {run.run_number: run for run in runs.runs(connection, at, numbers if len(numbers) < 500 else None)}
    return [
        Unit(
            r.dataset_id,
            online[r.run_number],
            r.name,
            known[r.run_number],
            lengths.get(online[r.run_number], 0),
        )
        for r in refs
    ]


def _lumi(connection: Connection, frames: Frames, source: str, at: int) -> Lumi:
    numbers = sorted({u.run.run_number for u in frames.units})
    found = luminosities.luminosity_of_runs(connection, numbers, source, at)
    recorded, delivered = (np.full(int(frames.offsets[-1]), np.nan) for _ in range(2))
    for i, unit in enumerate(frames.units):
        arrays = found.get(unit.run.run_number)
        if arrays is not None:
            start = int(frames.offsets[i])
            n = min(unit.length, len(arrays.recorded_invpb))
            recorded[start : start + n] = arrays.recorded_invpb[:n]
            delivered[start : start + n] = arrays.delivered_invpb[:n]
    has = (~np.isnan(recorded)).astype(np.float64)
    # once for all of them: a call for each run would take longer than all the rest
    return frames.sums(np.nan_to_num(recorded)), frames.sums(np.nan_to_num(delivered)), frames.sums(has)
