"""A run as its strip draws it: verdicts, what programs propose beside them, and bits with who overrode them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from components.lumisection_strip import Hint, Otherwise, Span, StripData, StripRow
from model.authors import Author
from model.queries.bits import Override
from model.queries.datasets import Dataset
from model.queries.proposals import Proposal
from model.queries.run_view import RunView
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, canonical, subtract
from model.rights import Action, may
from model.vocabulary import ONLINE, WORST_FIRST, State, Status, workspace_of

_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}


def strip_data(view: RunView, by: Author, *, is_past: bool, only: str = "") -> StripData:
    """Return a run as the strip draws it; rows that this reader may not edit say so.

    Args:
        only: the one dataset to draw, its bits as they count for it; of all of them they are as OMS says.
    """
    last = view.lumisections[-1].last if view.lumisections else 1
    overrides = [o for o in view.overrides if only in ("", o.dataset)]

    def row(dataset: Dataset, column: str, said: Sequence[Verdict]) -> StripRow:
        is_editable = not is_past and _may_edit(dataset, column, by)
        offered = tuple(_hint(p) for p in view.proposals if (p.dataset, p.column) == (dataset.name, column))
        return StripRow(column, column, spans(said), "column", dataset.name, is_editable, offered)

    def bit(name: str, values: Sequence[tuple[int, int, Any]]) -> StripRow:
        over = [o for o in overrides if o.bit == name]
        shown = _spans_of_bit(values, over if only else ())
        otherwise = tuple(map(_otherwise, over))
        return StripRow(
            name, name.removesuffix("_ready"), shown, "bit", "bits", editable=False, otherwise=otherwise
        )

    bits = [bit(name, values) for name, values in view.bits.items()]
    return StripData(
        run_number=view.run.run_number,
        first=1,
        last=last,
        lumisections=view.lumisections,
        recorded_lumi_invpb=recorded(view, last),
        lumi_source=view.lumi.source if view.lumi else "no luminosity",
        rows=tuple(
            row(d, column, said)
            for d in view.datasets
            if only in ("", d.name)
            for column, said in view.verdicts[d.name].items()
        ),
        sequence=view.sequence,
        bits=tuple(row for row in bits if row.spans or row.otherwise),
    )


def spans(said: Sequence[Verdict]) -> tuple[Span, ...]:
    """Return verdicts as spans of a strip."""
    return tuple(
        Span(v.span.first, v.span.last, int(v.status), v.author, v.is_person, v.cause, v.comment) for v in said
    )


def recorded(view: RunView, last: int) -> tuple[float, ...]:
    """Return recorded luminosity per lumisection from 1 to `last`, 0 where there is none, in 1/pb."""
    values = np.zeros(last)
    if view.lumi is not None:
        known = view.lumi.recorded_invpb[:last]
        values[: len(known)] = np.nan_to_num(known)
    return tuple(values.tolist())


def worst_spans(view: RunView, dataset: str = ONLINE) -> tuple[Span, ...]:
    """Return the worst status over all columns, per lumisection range."""
    last = view.lumisections[-1].last if view.lumisections else 0
    ranks = np.full((max(len(view.verdicts[dataset]), 1), last + 2), _RANK[Status.EMPTY], dtype=np.int8)
    for row, said in zip(ranks, view.verdicts[dataset].values(), strict=False):
        for v in said:
            row[v.span.first : v.span.last + 1] = _RANK[v.status]
    worst = ranks.min(axis=0)
    found = []
    for first, end in view.lumisections:
        edges = np.flatnonzero(np.diff(worst[first : end + 1])) + first + 1
        for a, b in pairwise([first, *edges.tolist(), end + 1]):
            found.append(Span(a, b - 1, int(WORST_FIRST[worst[a]])))
    return tuple(found)


def _spans_of_bit(values: Sequence[tuple[int, int, Any]], over: Sequence[Override]) -> tuple[Span, ...]:
    covered = canonical(o.span for o in over)
    raw = [
        Span(part.first, part.last, _as_bit(value), "OMS", False)
        for first, last, value in values
        for part in subtract((LumisectionRange(first, last),), covered)
    ]
    said = [Span(o.span.first, o.span.last, _as_bit(o.value), o.author) for o in over]
    return tuple(sorted([*raw, *said], key=lambda span: span.first))


def _as_bit(value: Any) -> int:
    return 0 if value is None else 1 if value else 2


def _otherwise(o: Override) -> Otherwise:
    what = _as_bit(o.value), _as_bit(o.raw)
    return Otherwise(o.span.first, o.span.last, *what, o.dataset, o.author, o.comment, o.at)


def _hint(said: Proposal) -> Hint:
    by = f"{said.program} {said.version}".strip()
    return Hint(said.span.first, said.span.last, int(said.status), by, said.score, said.reason)


def _may_edit(dataset: Dataset, column: str, by: Author) -> bool:
    workspace = workspace_of(column)
    action = Action.EDIT_ONLINE if dataset.name == ONLINE else Action.EDIT_OFFLINE
    return dataset.state_of(workspace) == State.OPEN and may(by, action, workspace)
