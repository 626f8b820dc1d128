"""What is so at a sequence stays so: the last of it is kept in the process, and nobody has to invalidate it."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from model.queries import runs

_ANSWERS, _SEQUENCES = 4, 4
#: the versions of so few runs are sooner read than those of all
_FEW = 50
T = TypeVar("T")


class Known:
    """The last answers to wide questions, by kind, and the data versions of all runs at the last sequences."""

    def __init__(self) -> None:
        self._answers: dict[str, OrderedDict[Hashable, Any]] = {}
        self._versions: OrderedDict[int, dict[int, int]] = OrderedDict()
        self._each: dict[str, dict[int, tuple[int, Any]]] = {}
        self._lock = Lock()

    def once(self, kind: str, key: Hashable, make: Callable[[], T]) -> T:
        """Return what a key stands for, made at most once while it is kept.

        Args:
            kind: answers of a kind make room for each other only.
            key: everything that the answer depends on, the sequence among it.
        """
        with self._lock:
            kept = self._answers.setdefault(kind, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return cast(T, kept[key])
        made = make()
        with self._lock:
            kept[key] = made
            while len(kept) > _ANSWERS:
                kept.popitem(last=False)
        return made

    def versions(
        self, connection: Connection, at: int, numbers: Collection[int] | None = None
    ) -> Mapping[int, int]:
        """Return the data version of runs at a sequence; a run without events has none.

        Args:
            numbers: the runs that matter, others may be there too; all where not given.
        """
        with self._lock:
            kept = self._versions.get(at)
            before = max((each for each in self._versions if each < at), default=None)
            earlier = {} if before is None else self._versions[before]
        if kept is not None:
            return kept
        if before is None and numbers is not None and len(numbers) < _FEW:
            return runs.sequences(connection, at, numbers)
        found = {**earlier, **runs.sequences(connection, at, after=before or 0)}
        with self._lock:
            self._versions[at] = found
            while len(self._versions) > _SEQUENCES:
                self._versions.popitem(last=False)
        return found

    def each(
        self,
        connection: Connection,
        kind: str,
        at: int,
        runs_of: Mapping[int, int],
        make: Callable[[Sequence[int]], Mapping[int, T]],
    ) -> dict[int, T]:
        """Return what is so of each of many datasets at a sequence, made anew of those whose run moved on.

        Args:
            runs_of: the datasets by id, each with its run: nothing but what concerns that changes the answer.
            make: returns it for some of them.
        """
        versions = self.versions(connection, at, set(runs_of.values()))
        with self._lock:
            kept = dict(self._each.get(kind, {}))
        found: dict[int, T] = {}
        for key, run in runs_of.items():
            version, known = kept.get(key, (-1, None))
            if version == versions.get(run, 0):
                found[key] = cast(T, known)
        if missing := [key for key in runs_of if key not in found]:
            made = make(missing)
            found |= made
            with self._lock:
                self._each.setdefault(kind, {}).update(
                    {key: (versions.get(runs_of[key], 0), made[key]) for key in missing}
                )
        return found

    def clear(self) -> None:
        """Forget everything; no answer changes."""
        with self._lock:
            self._answers.clear()
            self._versions.clear()
            self._each.clear()
