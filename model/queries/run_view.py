"""Everything a run's page shows of it, read in one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from model.queries import datasets, luminosities, proposals, runs, upstream, verdicts
from model.queries.bits import Override, overrides_of_run
from model.queries.datasets import Dataset
from model.queries.luminosities import LumiArrays
from model.queries.proposals import Proposal
from model.queries.runs import Run
from model.queries.verdicts import Verdict
from model.ranges import Ranges
from model.vocabulary import BITS, ONLINE


@dataclass(frozen=True)
class RunView:
    """A run with its datasets, verdicts, bits and luminosity as they held at a sequence.

    Args:
        bits: as upstream says.
        overrides: what persons said of them otherwise, for any of the run's datasets.
        proposals: what programs propose for the datasets that were read.
    """

    run: Run
    sequence: int
    datasets: tuple[Dataset, ...]
    lumisections: Ranges
    verdicts: Mapping[str, Mapping[str, list[Verdict]]]
    bits: Mapping[str, tuple[tuple[int, int, Any], ...]]
    overrides: tuple[Override, ...]
    proposals: tuple[Proposal, ...]
    lumi: LumiArrays | None
    before: int | None
    after: int | None


def run_view(connection: Connection, run_number: int, at: int, only: str | None = None) -> RunView:
    """Return what a run's page shows.

    Args:
        only: the one dataset to read; all of them where not given.

    Raises:
        NotFound: no such run then.
    """
    shown = [d for d in datasets.datasets_of(connection, run_number, at) if not d.is_hidden]
    found, names = [d for d in shown if only in (None, d.name)], {d.name for d in shown}
    said = {
        d.name: verdicts.of_dataset(
            connection, run_number, d.name, at, datasets.certifiable(connection, d.name, at)
        )
        for d in found
    }
    facts = upstream.facts_of_run(connection, run_number, at)
    exists, known = facts.get(ONLINE, ((), {}))
    # only an override gives a dataset rows of its own: most runs are not asked for who made one
    overrides = overrides_of_run(connection, run_number, known, at) if facts.keys() & names - {ONLINE} else []
    before, after = runs.neighbours(connection, run_number, at)
    return RunView(
        runs.run(connection, run_number, at),
        at,
        tuple(found),
        exists,
        said,
        {bit: known.get(bit, ()) for bit in BITS},
        tuple(each for each in overrides if each.dataset in names),
        tuple(proposals.proposals(connection, at, run_number=run_number, dataset_name=only)),
        luminosities.luminosity(connection, run_number, at=at),
        before,
        after,
    )
