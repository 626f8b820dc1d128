"""The difference of two golden lists by cause, over HTTP: as JSON, or one line a block as CSV."""

import csv
import io
from typing import Any

from flask import Response, jsonify
from pydantic import Field

from api.answers.golden import Difference
from api.contract.noun import kinds, noun
from api.contract.reads import reading
from api.golden import GoldenQuery, asked_question
from model.golden.against import Against, compared
from model.golden.attributed import Attributed, document
from model.registry import registry
from reports.csv import safe

blueprint = noun("golden-causes", "/golden-json/difference", tag="golden JSON")
_AS_ASKED = "of the list to compare with; as in the question, if absent"
_HEAD = (
    "run_number first last lumisections recorded_invpb kind because sequence recorded_at author comment".split()
)


class DifferenceQuery(GoldenQuery):
    """A golden JSON, and the list that it is compared with."""

    against: str = Field(
        description="sequence, RFC 3339 time or label, a product, or a certification list that was read in"
    )
    against_rule: str = Field("", description=f"name of a kept rule {_AS_ASKED}")
    against_dataset: str = Field("", description=f"dataset name {_AS_ASKED}")
    against_several: str = Field("", description=f"policy for several datasets of a run {_AS_ASKED}")
    against_null_policy: str = Field(
        "", description="what missing bits count as there; as its rule says, if absent"
    )


@blueprint.get("", responses={200: Difference})
def compare(query: DifferenceQuery) -> Response:
    """Return what differs, each lumisection once, by the cause that turned it for good."""
    response: Response = jsonify(document(_answer(query)))
    return response


@blueprint.get("/csv", responses={200: kinds("text/csv")})
def export(query: DifferenceQuery) -> Response:
    """Return the same, one line for each block of lumisections."""
    headers = {"Content-Disposition": "attachment; filename=golden-difference.csv"}
    return Response(_csv(_answer(query)), mimetype="text/csv", headers=headers)


def _answer(asked: DifferenceQuery) -> Attributed:
    with_ = Against(
        asked.against,
        asked.against_rule,
        asked.against_dataset,
        asked.against_several,
        asked.against_null_policy,
    )
    with reading(asked.as_of) as (connection, at):
        return compared(connection, registry().golden, with_, asked_question(connection, asked, at))


def _csv(found: Attributed) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    for block in found.blocks:
        cause = found.causes[block.cause]
        said: list[Any] = [cause.kind.value, cause.words, cause.sequence, cause.at, cause.author, cause.comment]
        numbers = (block.run_number, block.first, block.last, block.change, block.change_invpb)
        writer.writerow([*numbers, *map(safe, said)])
    return text.getvalue()
