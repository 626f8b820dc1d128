"""Joint ranges of a dataset: lumisections on which no chosen status or bit changes, with their luminosity."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from model.errors import NotFound
from model.layers import Layers, cut, filled
from model.queries import datasets, upstream, verdicts
from model.queries.luminosities import LumiArrays, luminosity
from model.ranges import LumisectionRange, divide
from model.vocabulary import BITS, DEFAULT_SOURCE, Status


@dataclass(frozen=True)
class Which:
    """What must not change within a range; None for every column of the dataset, and for every bit.

    Args:
        source: whose luminosity is told.
    """

    columns: Sequence[str] | None = None
    bits: Sequence[str] | None = None
    source: str = DEFAULT_SOURCE


@dataclass(frozen=True)
class JointRange:
    """Lumisections `first` to `last` that upstream has, both included.

    Args:
        status: by column; EMPTY where nobody spoke.
        bits: by name; None where nobody knows.
        recorded_lumi_invpb: sum of the one source over the lumisections that it measured; None where none.
        unmeasured: lumisections of which it has no luminosity.
    """

    first: int
    last: int
    status: Mapping[str, str]
    bits: Mapping[str, Any]
    recorded_lumi_invpb: float | None
    unmeasured: int


def joint_ranges(connection: Connection, run_number: int, name: str, at: int, asked: Which) -> list[JointRange]:
    """Return the maximal ranges of a dataset as they stood at a sequence; a number that is missing is in none.

    Raises:
        NotFound: no such run, dataset, column or bit.
    """
    datasets.dataset(connection, run_number, name, at)
    exist = datasets.lumisections(connection, run_number, at)
    end = exist[-1].last if exist else 0
    statuses = _statuses(connection, (run_number, name, at), asked.columns, end)
    bits = _bits(connection, (run_number, name, at), asked.bits, end)
    # columns and bits are layers alike, whatever they are called
    layers = {f"s{column}": each for column, each in statuses.items()}
    layers |= {f"b{bit}": each for bit, each in bits.items()}
    pieces = [(LumisectionRange(first, last), said) for first, last, said in cut(layers, end)]
    whole = pieces if layers else [(LumisectionRange(1, end), {})] if end else []
    lumi = luminosity(connection, run_number, asked.source, at)
    return [_range(span, said, (statuses, bits), lumi) for span, said in divide(whole, exist)[0]]


def _range(
    span: LumisectionRange, said: Mapping[str, Any], names: tuple[Layers, Layers], lumi: LumiArrays | None
) -> JointRange:
    statuses, bits = names
    numbers = [] if lumi is None else lumi.recorded_invpb[span.first - 1 : span.last].tolist()
    known = [each for each in numbers if not math.isnan(each)]
    return JointRange(
        *span,
        {column: said[f"s{column}"] for column in statuses},
        {bit: said[f"b{bit}"] for bit in bits},
        round(math.fsum(known), 6) if known else None,
        span.last - span.first + 1 - len(known),
    )


def _statuses(
    connection: Connection, where: tuple[int, str, int], asked: Sequence[str] | None, end: int
) -> Layers:
    run_number, name, at = where
    said = verdicts.of_dataset(connection, run_number, name, at)
    known = dict.fromkeys((*datasets.columns(connection, name, at), *said))
    chosen = list(known) if asked is None else list(dict.fromkeys(asked))
    _require_known(chosen, known, f"a column of {name}")
    return {
        column: filled(((*v.span, v.status.name) for v in said.get(column, ())), end, Status.EMPTY.name)
        for column in chosen
    }


def _bits(connection: Connection, where: tuple[int, str, int], asked: Sequence[str] | None, end: int) -> Layers:
    found = upstream.bits(connection, *where)
    chosen = list(BITS) if asked is None else list(dict.fromkeys(asked))
    _require_known(chosen, {**dict.fromkeys(BITS), **found}, "a bit")
    return {bit: filled(found.get(bit, ()), end, None) for bit in chosen}


def _require_known(chosen: Iterable[str], known: Mapping[str, Any], what: str) -> None:
    for each in chosen:
        if each not in known:
            raise NotFound(f"“{each[:80]}” is not {what}; {', '.join(known)} are.")
