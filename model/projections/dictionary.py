"""Words, authors and datasets as small integers; ids are given in journal order, so a replay gives the same."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, func, select

from model.authors import Author
from model.pieces import pieces
from model.projections.ranged import adding
from model.tables import author, dataset, term

Pair = tuple[int, str]
_TERMS = select(term.c.text, term.c.id).where(term.c.text.in_(bindparam("texts", expanding=True)))
_DATASETS = select(dataset).where(dataset.c.run_number.in_(bindparam("runs", expanding=True)))
_AUTHOR = select(author.c.id).where(
    author.c.name == bindparam("name"), author.c.is_person == bindparam("is_person")
)


class Dictionary:
    """Ids of terms, authors and datasets; unknown ones are added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._terms: dict[str, int] = {}
        self._authors: dict[tuple[str, bool], int] = {}
        self._is_person: dict[int, bool] = {}
        self._datasets: dict[Pair, int] = {}

    def terms(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the id of each text."""
        wanted = list(dict.fromkeys(texts))
        missing = [t for t in wanted if t not in self._terms]
        for part in pieces(missing):
            rows = self._connection.execute(_TERMS, {"texts": part})
            self._terms.update({row.text: row.id for row in rows})
        new = [t for t in missing if t not in self._terms]
        if new:
            first = self._next(term)
            rows_new = [{"id": first + i, "text": t} for i, t in enumerate(new)]
            self._connection.execute(adding(term), rows_new)
            self._terms.update({str(row["text"]): int(str(row["id"])) for row in rows_new})
        return {t: self._terms[t] for t in wanted}

    def author(self, name: str, *, is_person: bool) -> int:
        """Return the id of an author."""
        key = (name, is_person)
        if key not in self._authors:
            found = self._connection.execute(_AUTHOR, {"name": name, "is_person": is_person}).scalar()
            if found is None:
                found = self._next(author)
                row = {"id": found, "name": name, "is_person": is_person}
                self._connection.execute(adding(author), row)
            self._authors[key] = found
        return self._authors[key]

    def author_of(self, by: Author) -> int:
        """Return the id of an author."""
        return self.author(by.name, is_person=by.is_person)

    def persons(self, ids: Iterable[int]) -> frozenset[int]:
        """Return which of these author ids are persons."""
        wanted = set(ids)
        missing = sorted(wanted - set(self._is_person))
        if missing:
            rows = self._connection.execute(
                select(author.c.id, author.c.is_person).where(author.c.id.in_(missing))
            )
            self._is_person.update({row.id: bool(row.is_person) for row in rows})
        return frozenset(i for i in wanted if self._is_person[i])

    def dataset(self, run_number: int, name: str) -> tuple[int, bool]:
        """Return the id of a dataset, and whether it is new."""
        key = (run_number, name)
        if key not in self._datasets:
            self._find([key])
        is_new = key not in self._datasets
        return self.datasets([key])[key], is_new

    def datasets(self, pairs: Iterable[Pair]) -> dict[Pair, int]:
        """Return the id of each (run_number, name)."""
        wanted = list(dict.fromkeys(pairs))
        self._find([pair for pair in wanted if pair not in self._datasets])
        new = [pair for pair in wanted if pair not in self._datasets]
        if new:
            first = self._next(dataset)
            rows = [{"id": first + i, "run_number": run, "name": name} for i, (run, name) in enumerate(new)]
            self._connection.execute(adding(dataset), rows)
            self._datasets.update({pair: first + i for i, pair in enumerate(new)})
        return {pair: self._datasets[pair] for pair in wanted}

    def _find(self, pairs: Sequence[Pair]) -> None:
        wanted = set(pairs)
        for part in pieces(sorted({run for run, _ in pairs})):
            for row in self._connection.execute(_DATASETS, {"runs": part}):
                if (row.run_number, row.name) in wanted:
                    self._datasets[row.run_number, row.name] = row.id

    def _next(self, table: Table) -> int:
        return int(self._connection.execute(_last(table)).scalar() or 0) + 1


@cache
def _last(table: Table) -> Select[Any]:
    return select(func.max(table.c.id))
