"""Everything a run's page shows of it, read in one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from model.queries import datasets, luminosities, runs, upstream, verdicts
from model.queries.datasets import Dataset
from model.queries.luminosities import LumiArrays
from model.queries.runs import Run
from model.queries.verdicts import Verdict
from model.ranges import Ranges
from model.vocabulary import BITS, ONLINE


@dataclass(frozen=True)
class RunView:
    """A run with its datasets, verdicts, bits and luminosity as they held at a sequence."""

    run: Run
    sequence: int
    datasets: tuple[Dataset, ...]
    lumisections: Ranges
    verdicts: Mapping[str, Mapping[str, list[Verdict]]]
    bits: Mapping[str, tuple[tuple[int, int, Any], ...]]
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
    found = [
        d
        for d in datasets.datasets_of(connection, run_number, at)
        if not d.is_hidden and only in (None, d.name)
    ]
    said = {
        d.name: verdicts.of_dataset(
            connection, run_number, d.name, at, datasets.certifiable(connection, d.name, at)
        )
        for d in found
    }
    known = upstream.bits(connection, run_number, ONLINE, at)
    before, after = runs.neighbours(connection, run_number, at)
    return RunView(
        runs.run(connection, run_number, at),
        at,
        tuple(found),
        datasets.lumisections(connection, run_number, at),
        said,
        {bit: known.get(bit, ()) for bit in BITS},
        luminosities.luminosity(connection, run_number, at=at),
        before,
        after,
    )
