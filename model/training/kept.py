"""Sittings that were compared: each a document of its owner, private unless shared."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.clock import from_us, to_us
from model.errors import Invalid, NotFound
from model.grid.edits import CellEdit, Group
from model.tables import journal, registry_document
from model.training.comparison import Comparison, compare
from model.training.practice import Practice
from model.training.question import Question, named
from model.training.score import Outcome
from model.training.sitting import sitting

KIND = "training"
MOST_ANSWERS = 2_000


@dataclass(frozen=True)
class Result:
    """What came of a sitting, as it was told when it was compared.

    Args:
        lumisections: on which there is a decision, each once in each column.
        agreed: the share of them on which the trainee says the same.
        by_rules: the share that rules alone would have had.
        lenient_invpb: luminosity said to be GOOD that was not, in 1/pb.
        strict_invpb: luminosity said not to be GOOD that was, in 1/pb.
        silent_invpb: luminosity that was not judged, in 1/pb.
    """

    datasets: int
    lumisections: int
    agreed: float
    by_rules: float
    lenient_invpb: float
    strict_invpb: float
    silent_invpb: float


@dataclass(frozen=True)
class Judged:
    """Answers to a sitting, and what came of them."""

    question: Question
    answers: tuple[Group, ...]
    result: Result


@dataclass(frozen=True)
class Kept:
    """A sitting somebody compared, and when."""

    owner: str
    question: Question
    answers: tuple[Group, ...]
    result: Result
    is_shared: bool
    at: datetime

    @property
    def key(self) -> str:
        """Return the name of its document."""
        return key(self.owner, self.question)


def key(owner: str, asked: Question) -> str:
    """Return the name of the document of a sitting."""
    return f"{owner}/{asked.name}"


def judge(connection: Connection, asked: Question, answers: Sequence[Group], at: int) -> Judged:
    """Judge answers by the decisions as of the question; to be done before the journal's lock is taken.

    Raises:
        NotFound: no such workspace, or nothing of it was signed off in the period.
        Invalid: no answers, or one that makes no sense.
    """
    if not 0 < len(answers) <= MOST_ANSWERS:
        raise Invalid(f"There is nothing to compare: a sitting has 1 to {MOST_ANSWERS:,} answers.")
    practice = Practice(connection, sitting(connection, asked))
    for group in answers:
        practice.take(group)
    return Judged(asked, tuple(answers), _result(compare(connection, practice, at)))


def _result(found: Comparison) -> Result:
    invpb = found.total.recorded_invpb
    return Result(
        len(found.datasets),
        found.total.decided,
        round(found.total.agreed, 6),
        round(found.by_rules.agreed, 6),
        invpb[Outcome.LENIENT],
        invpb[Outcome.STRICT],
        invpb[Outcome.SILENT],
    )


def kept(connection: Connection, who: str, at: int) -> list[Kept]:
    """Return one's own sittings and those that are shared, one's own first, the newest of each first."""
    seen = [each for each in _read(connection, at) if each.is_shared or each.owner == who]
    newest = sorted(seen, key=lambda each: each.at, reverse=True)
    return sorted(newest, key=lambda each: each.owner != who)


def one(connection: Connection, who: str, name: str, at: int) -> Kept:
    """Return a sitting by the name of its document.

    Raises:
        NotFound: there is none that somebody of this name sees.
    """
    for each in _read(connection, at, name):
        if each.is_shared or each.owner == who:
            return each
    raise NotFound(f"There is no sitting {name[:80]} that {who} may see.")


def _written(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [
        {
            "cells": [[e.run_number, e.dataset, list(e.columns), [list(r) for r in e.ranges]] for e in g.edits],
            "status": g.status,
            "cause": g.cause,
            "comment": g.comment,
            "only_open": g.only_open,
            "within": None if g.within is None else list(g.within),
        }
        for g in groups
    ]


def document(owner: str, judged: Judged) -> dict[str, Any]:
    """Return the document of a sitting that was just judged; when it was compared is when it is recorded."""
    return _document(owner, judged, is_shared=False, finished_us=None)


def shared(of: Kept, *, is_shared: bool) -> dict[str, Any]:
    """Return the document of a sitting once it is shared, or private again; when it was compared stays."""
    judged = Judged(of.question, of.answers, of.result)
    return _document(of.owner, judged, is_shared=is_shared, finished_us=to_us(of.at))


def _document(owner: str, judged: Judged, *, is_shared: bool, finished_us: int | None) -> dict[str, Any]:
    return {
        "owner": owner,
        "question": judged.question.name,
        "answers": _written(judged.answers),
        "result": asdict(judged.result),
        "is_shared": is_shared,
        "finished_us": finished_us,
    }


def _read(connection: Connection, at: int, name: str | None = None) -> list[Kept]:
    d = registry_document
    query = (
        select(d.c.document, journal.c.recorded_us)
        .join(journal, journal.c.sequence == d.c.since)
        .where(d.c.kind == KIND, held(d, at))
    )
    if name is not None:
        query = query.where(d.c.name == name)
    rows = [(encoding.parse(document), us) for document, us in connection.execute(query)]
    return [_kept(document, from_us(us)) for document, us in rows if document]


def _kept(document: Mapping[str, Any], at: datetime) -> Kept:
    answers = tuple(_group(each) for each in document["answers"])
    # one that was shared later is a document of another time
    finished = at if document["finished_us"] is None else from_us(document["finished_us"])
    asked, result = named(document["question"]), Result(**document["result"])
    return Kept(document["owner"], asked, answers, result, document["is_shared"], finished)


def _group(said: Mapping[str, Any]) -> Group:
    cells = tuple(
        CellEdit(run, dataset, tuple(columns), _spans(ranges))
        for run, dataset, columns, ranges in said["cells"]
    )
    words = (said["status"], said["cause"], said["comment"])
    within = said["within"] and (said["within"][0], said["within"][1])
    return Group("", 0, cells, *words, only_open=said["only_open"], within=within)


def _spans(ranges: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((first, last) for first, last in ranges)
