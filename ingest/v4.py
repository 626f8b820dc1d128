"""One run of the system in use becomes history of ours: with its authors where the dump names them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ingest.files.records import V4Dataset, V4Edit, V4Run, VerdictRange
from model.authors import IMPORTER, Author
from model.commands import datasets, runs
from model.commands.arrival import Arrival, arrive
from model.events import DatasetCreated, DatasetStateMoved, VerdictsGiven
from model.journal import Transaction
from model.ranges import LumisectionRange
from model.vocabulary import BITS, ONLINE

#: the dump without its history does not say who decided; a rule must not overwrite it, so it counts as a person
UNNAMED = Author("unknown (imported)", is_person=True)


def write_run(tx: Transaction, run: V4Run) -> None:
    """Record one run: upstream's facts, datasets, verdicts (as history where there is one), states."""
    number = run.run_number
    arrive(tx, _facts(run), IMPORTER, is_history=True)
    runs.import_run_attributes(tx, number, dict(run.rr_attributes), IMPORTER, importer=IMPORTER)
    for dataset in run.datasets:
        _write_dataset(tx, number, dataset)
    for name, bits in run.overrides.items():
        datasets.import_overrides(tx, number, name, bits, importer=IMPORTER)
    if run.edits is not None:
        _write_history(tx, run)
    else:
        _write_verdicts(tx, number, run.verdicts)


def _facts(run: V4Run) -> Arrival:
    told = (LumisectionRange(1, run.n_ls),) if run.n_ls else ()
    numbers = (run.delivered_lumi_invpb, run.recorded_lumi_invpb, np.full(run.n_ls, np.nan))
    speaks_of = frozenset({"delivered_invpb", "recorded_invpb", *BITS})
    attributes = dict(run.oms_attributes)
    return Arrival(run.run_number, attributes, told, run.bits, *numbers, bool(run.n_ls), speaks_of)


def _write_dataset(tx: Transaction, number: int, dataset: V4Dataset) -> None:
    if dataset.name == ONLINE:
        return
    states = {workspace: state.value for workspace, state in dataset.states.items()}
    event = DatasetCreated(number, dataset.name, states, tuple(dataset.gui_names), dataset.is_deleted)
    datasets.create_dataset(tx, event, IMPORTER)


def _write_history(tx: Transaction, run: V4Run) -> None:
    steps: list[tuple[int, Any]] = [(edit.seq, edit) for edit in run.edits or ()]
    steps += [(change.seq, change) for change in run.state_changes or ()]
    final = {d.name: d.states for d in run.datasets}
    for _, step in sorted(steps, key=lambda pair: pair[0]):
        if isinstance(step, V4Edit):
            event = VerdictsGiven(run.run_number, step.dataset, tuple(_edited(step)))
            datasets.import_verdicts(tx, event, Author(step.by, step.is_person), importer=IMPORTER)
        else:
            moved = DatasetStateMoved(run.run_number, step.dataset, {step.workspace: step.to_state.value})
            datasets.import_states(tx, moved, Author(step.by), importer=IMPORTER)
    for name, states in final.items():
        if name != ONLINE and states:
            event_at_end = DatasetStateMoved(run.run_number, name, {w: s.value for w, s in states.items()})
            datasets.import_states(tx, event_at_end, IMPORTER, importer=IMPORTER)


def _edited(edit: V4Edit) -> list[Mapping[str, Any]]:
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for column, said in edit.columns.items():
        grouped.setdefault((said.status.name, said.cause, said.comment), []).append(column)
    ranges = [list(r) for r in edit.lumisections]
    return [
        {"columns": columns, "ranges": ranges, "status": status, "cause": cause, "comment": comment}
        for (status, cause, comment), columns in grouped.items()
    ]


def _write_verdicts(
    tx: Transaction, number: int, verdicts: Mapping[tuple[str, str], tuple[VerdictRange, ...]]
) -> None:
    by_dataset: dict[str, dict[tuple[Any, ...], list[str]]] = {}
    for (dataset, column), spans in verdicts.items():
        words: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        for span in spans:
            words.setdefault((span.status.name, span.cause, span.comment), []).append((span.first, span.last))
        grouped = by_dataset.setdefault(dataset, {})
        for word, ranges in words.items():
            grouped.setdefault((*word, *ranges), []).append(column)
    for dataset, found in by_dataset.items():
        said = tuple(
            {
                "columns": columns,
                "ranges": [list(r) for r in ranges],
                "status": status,
                "cause": cause,
                "comment": comment,
            }
            for (status, cause, comment, *ranges), columns in found.items()
        )
        datasets.import_verdicts(tx, VerdictsGiven(number, dataset, said), UNNAMED, importer=IMPORTER)
