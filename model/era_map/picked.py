"""What somebody picked on a map: rows and lumisections, and what they are worth."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from model.era_map.question import Question, rows
from model.queries.luminosities import luminosity_of_runs
from model.ranges import LumisectionRange
from model.vocabulary import DEFAULT_SOURCE


@dataclass(frozen=True)
class Picked:
    """Recorded luminosity of what was picked, 1/pb, of one source, and how many of its runs have any."""

    recorded_invpb: float
    runs: int
    with_luminosity: int
    source: str


def picked(
    connection: Connection, asked: Question, run_span: tuple[int, int], span: LumisectionRange
) -> Picked:
    """Return what lumisections of the runs from one to another are worth; a run counts once.

    Args:
        run_span: first and last run of what was picked.
        span: the lumisections.
    """
    low, high = run_span
    numbers = {r.run_number for r in rows(connection, asked).refs if low <= r.run_number <= high}
    found = luminosity_of_runs(connection, sorted(numbers), DEFAULT_SOURCE, asked.at)
    worth = [float(np.nansum(each.recorded_invpb[span.first - 1 : span.last])) for each in found.values()]
    return Picked(sum(worth), len(numbers), len(found), DEFAULT_SOURCE)
