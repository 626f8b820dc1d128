"""The record of a golden list that the published client reads: lists, what is left out, luminosities."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from model.asof import held, recorded_at
from model.golden import lists
from model.golden.golden import Golden
from model.queries import datasets, luminosities
from model.ranges import Ranges, canonical, subtract
from model.tables import dataset_summary
from model.vocabulary import ONLINE

ByRun = dict[int, Ranges]


def record(connection: Connection, found: Sequence[Golden], at: int) -> dict[str, Any]:
    """Return the record of golden lists, none of which has two datasets of a run, as one.

    A run that is in several of them is in the list where any of them is good.
    """
    runs = sorted({run for golden in found for run in golden.datasets})
    exist = datasets.lumisections_of_runs(connection, runs, at)
    good = {
        (run, name): golden.lists.get(run, ())
        for golden in found
        for run, names in golden.datasets.items()
        for name in names
    }
    left = {key: subtract(exist.get(key[0], ()), canonical(spans)) for key, spans in good.items()}
    merged, lost = _by_run(good), _by_run(left)
    time = recorded_at(connection, at) or None
    return {
        "generated_json": _plain(merged),
        "generated_json_with_dataset_names": _named(good),
        "generated_anti_json": _plain(lost),
        "generated_anti_json_with_dataset_names": _named(left),
        "min_run_number": runs[0] if runs else None,
        "max_run_number": runs[-1] if runs else None,
        **_luminosities(connection, (exist, merged, lost), at),
        **_from_run_range(connection, runs, at),
        "rules_flagged_false_quantity_luminosity": _flagged(found),
        "createdAt": time,
        "updatedAt": time,
    }


def _by_run(of: Mapping[tuple[int, str], Ranges]) -> ByRun:
    parts: dict[int, list[Ranges]] = defaultdict(list)
    for (run, _), spans in of.items():
        parts[run].append(spans)
    joined = {run: lists.joined(some, every=False) for run, some in sorted(parts.items())}
    return {run: spans for run, spans in joined.items() if spans}


def _plain(of: Mapping[int, Ranges]) -> dict[str, list[list[int]]]:
    return {str(run): [list(span) for span in spans] for run, spans in of.items()}


def _named(of: Mapping[tuple[int, str], Ranges]) -> dict[str, list[list[int]]]:
    return {
        f"{run}-{name}": [list(span) for span in spans] for (run, name), spans in sorted(of.items()) if spans
    }


def _luminosities(connection: Connection, of: tuple[Mapping[int, Ranges], ...], at: int) -> dict[str, float]:
    (total, total_out), (inside, inside_out), (lost, lost_out) = (
        luminosities.integrated(connection, each, at=at) for each in of
    )
    return {
        "total_recorded_luminosity": total,
        "total_delivered_luminosity": total_out,
        "recorded_luminosity_in_json": inside,
        "delivered_luminosity_in_json": inside_out,
        "total_recorded_luminosity_lost": lost,
        "total_delivered_luminosity_lost": lost_out,
    }


def _from_run_range(connection: Connection, runs: list[int], at: int) -> dict[str, float]:
    s = dataset_summary
    query = select(func.sum(s.c.recorded_invpb), func.sum(s.c.delivered_invpb)).where(
        s.c.run_number.between(runs[0], runs[-1]) if runs else s.c.run_number < 0,
        s.c.name == ONLINE,
        held(s, at),
    )
    recorded, delivered = connection.execute(query).one()
    return {
        "total_recorded_luminosity_from_run_range": recorded or 0.0,
        "total_delivered_luminosity_from_run_range": delivered or 0.0,
    }


def _flagged(found: Iterable[Golden]) -> dict[str, float]:
    lost: dict[str, list[float]] = defaultdict(list)
    for golden in found:
        for loss in golden.losses:
            lost[loss.text].append(loss.inclusive_invpb)
    return {text: math.fsum(parts) for text, parts in lost.items()}
