"""Joint ranges of a dataset over HTTP: where no chosen status or bit changes, with their luminosity."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask import request
from pydantic import Field

from api.answers.datasets import JointRanges
from api.contract.noun import AsOf, RunPath, noun
from api.contract.reads import reading
from model.accounting.question import one_source
from model.queries.lumisection_ranges import Which, joint_ranges
from model.vocabulary import DEFAULT_SOURCE, ONLINE

blueprint = noun("lumisection_ranges", tag="verdicts")
_LONGEST = 4_000
#: stands for no name at all
_NONE = "none"
_NAMES = "names by commas; all where not given, `none` for none"


class RangesQuery(AsOf):
    """Which dataset, and what must not change within a range."""

    dataset: str = Field(ONLINE, description="dataset name", max_length=200)
    columns: str = Field("", description=_NAMES, max_length=_LONGEST)
    bits: str = Field("", description=_NAMES, max_length=_LONGEST)
    source: str = Field("", description="calibration, OMS where not given; two are never added up")


@blueprint.get("/runs/<int:run_number>/lumisection-ranges", responses={200: JointRanges})
def read(path: RunPath, query: RangesQuery) -> dict[str, Any]:
    """Return the longest ranges on which nothing changes; a lumisection number that is missing is in none."""
    # the query model keeps one of several
    said = ",".join(request.args.getlist("source"))
    with reading(query.as_of, run_number=path.run_number) as (connection, at):
        source = one_source(connection, said, at) if said else DEFAULT_SOURCE
        asked = Which(_names(query.columns), _names(query.bits), source)
        found = joint_ranges(connection, path.run_number, query.dataset, at, asked)
    about = {"run_number": path.run_number, "dataset": query.dataset, "source": source}
    return {"sequence": at, **about, "ranges": [asdict(each) for each in found]}


def _names(said: str) -> Sequence[str] | None:
    names = [name for name in map(str.strip, said.split(",")) if name]
    return None if not names else [] if names == [_NONE] else names
