"""Training over HTTP: a sitting as it stands with one's answers, and what came of those that were compared."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.grid import GridAnswers
from api.answers.training import RecordedSitting, Sittings
from api.contract.noun import ASKS, AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from api.grid import CellsEdit, group
from identity.here import asker
from model.asof import resolve
from model.clock import rfc3339, to_us
from model.commands.training import keep_sitting
from model.journal import Transaction
from model.registry import registry
from model.training.kept import MOST_ANSWERS, judge, kept, key
from model.training.practice import Practice
from model.training.question import named
from model.training.sitting import sitting

blueprint = noun("training", "/training")


class Named(Sent):
    """Which sitting."""

    sitting: str = Field(description="such as tracker-prompt-30d-10-7-18000", max_length=100)


class AnswersBody(Named):
    """Answers to a sitting: those that were taken before, and new ones."""

    kept: list[CellsEdit] = Field(default_factory=list, max_length=MOST_ANSWERS)
    edits: list[CellsEdit] = Field(default_factory=list, max_length=MOST_ANSWERS)
    rows: list[int] = Field(default_factory=list, description="ids of the rows to answer with; all where none")


class SittingBody(Named):
    """All answers to a sitting, to be compared."""

    answers: list[CellsEdit] = Field(max_length=MOST_ANSWERS)


@blueprint.post("/answers", openapi_extensions=ASKS, responses={200: GridAnswers})
def answers(body: AnswersBody) -> dict[str, Any]:
    """Return a sitting as before anybody spoke, with one's answers over it; nothing is recorded."""
    with registry().reading() as connection:
        practice = Practice(connection, sitting(connection, named(body.sitting)))
        practice.answer([group(each) for each in body.kept])
        found = practice.answer([group(each) for each in body.edits])
        rows = practice.rows(body.rows or None)
    of = practice.sitting
    told = {"sequence": of.question.upto, "columns": of.columns, "rows": [row.text for row in rows]}
    return {**told, "answers": [asdict(answer) for answer in found]}


@blueprint.get("/sittings", responses={200: Sittings})
def read(query: AsOf) -> dict[str, Any]:
    """Return one's own sittings, and those that are shared."""
    with reading(query.as_of, is_own=True) as (connection, at):
        found = kept(connection, asker().name, at)
    told = [
        {
            "name": each.key,
            "owner": each.owner,
            "sitting": each.question.name,
            "finished_at": rfc3339(to_us(each.at)),
            "is_shared": each.is_shared,
            "result": each.result,
        }
        for each in found
    ]
    return {"sequence": at, "sittings": told}


@blueprint.post("/sittings", responses={200: RecordedSitting})
def compare(body: SittingBody) -> dict[str, Any]:
    """Keep one's answers to a sitting, once and for oneself; what was decided may be read from now on."""
    asked, said = named(body.sitting), [group(each) for each in body.answers]
    with registry().reading() as connection:
        judged = judge(connection, asked, said, resolve(connection, "now"))

    def deed(tx: Transaction) -> dict[str, Any]:
        return {"sequence": keep_sitting(tx, judged, asker()), "name": key(asker().name, asked)}

    return write(deed)
