"""Words, authors and datasets as small integers; ids are given in journal order, so a replay gives the same."""

from collections.abc import Iterable

from sqlalchemy import Connection, Table, func, select

from model.authors import Author
from model.tables import author, dataset, term


class Dictionary:
    """Ids of terms, authors and datasets; unknown ones are added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._terms: dict[str, int] = {}
        self._authors: dict[tuple[str, bool], int] = {}
        self._datasets: dict[tuple[int, str], int] = {}

    def terms(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the id of each text."""
        wanted = list(dict.fromkeys(texts))
        missing = [t for t in wanted if t not in self._terms]
        for start in range(0, len(missing), 500):
            part = missing[start : start + 500]
            rows = self._connection.execute(select(term.c.text, term.c.id).where(term.c.text.in_(part)))
            self._terms.update({row.text: row.id for row in rows})
        new = [t for t in missing if t not in self._terms]
        if new:
            first = self._next(term)
            rows_new = [{"id": first + i, "text": t} for i, t in enumerate(new)]
            self._connection.execute(term.insert(), rows_new)
            self._terms.update({str(row["text"]): int(str(row["id"])) for row in rows_new})
        return {t: self._terms[t] for t in wanted}

    def author(self, name: str, *, is_person: bool) -> int:
        """Return the id of an author."""
        key = (name, is_person)
        if key not in self._authors:
            found = self._connection.execute(
                select(author.c.id).where(author.c.name == name, author.c.is_person == is_person)
            ).scalar()
            if found is None:
                found = self._next(author)
                row = {"id": found, "name": name, "is_person": is_person}
                self._connection.execute(author.insert(), row)
            self._authors[key] = found
        return self._authors[key]

    def author_of(self, by: Author) -> int:
        """Return the id of an author."""
        return self.author(by.name, is_person=by.is_person)

    def persons(self, ids: Iterable[int]) -> frozenset[int]:
        """Return which of these author ids are persons."""
        rows = self._connection.execute(
            select(author.c.id).where(author.c.id.in_(sorted(set(ids))), author.c.is_person)
        )
        return frozenset(row.id for row in rows)

    def dataset(self, run_number: int, name: str) -> tuple[int, bool]:
        """Return the id of a dataset, and whether it is new."""
        key = (run_number, name)
        if key in self._datasets:
            return self._datasets[key], False
        found = self._connection.execute(
            select(dataset.c.id).where(dataset.c.run_number == run_number, dataset.c.name == name)
        ).scalar()
        is_new = found is None
        if found is None:
            found = self._next(dataset)
            row = {"id": found, "run_number": run_number, "name": name}
            self._connection.execute(dataset.insert(), row)
        self._datasets[key] = found
        return found, is_new

    def _next(self, table: Table) -> int:
        return int(self._connection.execute(select(func.max(table.c.id))).scalar() or 0) + 1
