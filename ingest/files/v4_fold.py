"""Folding a run's history into ranges, and comparing them with the ranges a dump says hold now."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

from ingest.files.records import Triplet, V4Edit, V4Run, VerdictRange
from ingest.files.report import Difference
from model.ranges import LumisectionRange, canonical

#: per place between two cuts, what holds there
_Cells = list[Triplet | None]


def in_folding_order(edits: Iterable[V4Edit]) -> tuple[V4Edit, ...]:
    """Return edits with the machine's before a person's, then by seq; a later one wins."""
    return tuple(sorted(edits, key=lambda edit: (edit.is_person, edit.seq)))


def differences(run: V4Run, lines: Mapping[tuple[str, str], int], file: str) -> Iterator[Difference]:
    """Yield, per (dataset, column), where the history does not fold into the ranges."""
    edits: dict[str, list[V4Edit]] = {}
    for edit in run.edits or ():
        edits.setdefault(edit.dataset, []).append(edit)
    said: dict[str, dict[str, tuple[VerdictRange, ...]]] = {name: {} for name in edits}
    for (dataset, column), verdicts in run.verdicts.items():
        said.setdefault(dataset, {})[column] = verdicts
    for dataset, columns in said.items():
        cuts = _cuts(edits.get(dataset, ()), columns.values())
        folded = _folded(edits.get(dataset, ()), cuts)
        for column in sorted({*columns, *folded}):
            stated = _stated(columns.get(column, ()), cuts)
            history = folded.get(column) or [None] * len(cuts)
            if stated != history:
                line = lines.get((dataset, column), 0)
                yield _difference(file, line, run.run_number, dataset, column, cuts, stated, history)


def _cuts(edits: Iterable[V4Edit], verdicts: Iterable[tuple[VerdictRange, ...]]) -> list[int]:
    """Return every lumisection where something begins or has just ended."""
    cuts = {cut for edit in edits for span in edit.lumisections for cut in (span.first, span.last + 1)}
    for ranges in verdicts:
        cuts.update([verdict[0] for verdict in ranges])
        cuts.update([verdict[1] + 1 for verdict in ranges])
    return sorted(cuts)


def _folded(edits: Iterable[V4Edit], cuts: list[int]) -> dict[str, _Cells]:
    columns: dict[str, _Cells] = {}
    for edit in in_folding_order(edits):
        for first, last in edit.lumisections:
            start, stop = bisect_left(cuts, first), bisect_left(cuts, last + 1)
            for column, triplet in edit.columns.items():
                cells = columns.get(column)
                if cells is None:
                    cells = columns[column] = [None] * len(cuts)
                cells[start:stop] = [triplet] * (stop - start)
    return columns


def _stated(verdicts: tuple[VerdictRange, ...], cuts: list[int]) -> _Cells:
    cells: _Cells = [None] * len(cuts)
    for verdict in verdicts:
        start, stop = bisect_left(cuts, verdict[0]), bisect_left(cuts, verdict[1] + 1)
        # a plain tuple compares equal to a Triplet, and is cheaper to make
        cells[start:stop] = [verdict[2:]] * (stop - start)  # type: ignore[list-item]  # a plain tuple stands in for a Triplet
    return cells


def _difference(
    file: str,
    line: int,
    run_number: int,
    dataset: str,
    column: str,
    cuts: list[int],
    stated: _Cells,
    history: _Cells,
) -> Difference:
    unlike = [i for i, (one, two) in enumerate(zip(stated, history, strict=True)) if one != two]
    spans = canonical(LumisectionRange(cuts[i], cuts[i + 1] - 1) for i in unlike)
    at = unlike[0]
    return Difference(file, line, run_number, dataset, column, spans, _shown(stated[at]), _shown(history[at]))


def _shown(triplet: Triplet | None) -> str:
    if triplet is None:
        return "nothing"
    status, comment, cause = triplet
    why = ", ".join(word for word in (cause, comment) if word)
    return f"{status.name} ({why})" if why else status.name
