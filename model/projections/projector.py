"""Dispatch of events to projections: what each kind of fact changes."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

from model import encoding, events
from model.authors import Author
from model.projections import proposals, ranged, verdicts
from model.projections.dictionary import Dictionary
from model.projections.summaries import Summaries
from model.tables import (
    dataset_fact,
    luminosity,
    registry_document,
    run_fact,
    upstream_range,
)
from model.vocabulary import DEFAULT_SOURCE, EXISTS, ONLINE


class Projector:
    """Applies events, one after the other, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.words = Dictionary(connection)
        self.summaries = Summaries(connection, self.words)

    def apply(self, sequence: int, by: Author, event: events.Event) -> None:
        """Change the tables as the event says."""
        _PROJECTIONS[event.kind](self, sequence, by, event)

    def verdicts(self, by: Author, facts: Sequence[tuple[int, events.Verdicts]]) -> None:
        """Change the tables as facts of one kind on as many datasets say, all at once."""
        of = (self.connection, self.words)
        given = [(n, event) for n, event in facts if isinstance(event, events.VerdictsGiven)]
        restored = [(n, event) for n, event in facts if isinstance(event, events.VerdictsRestored)]
        touched = verdicts.give(*of, by, given) if given else verdicts.restore(*of, restored)
        self.summaries.of_cells(touched)


def _document(value: Any) -> str:
    return encoding.canonical(value).decode()


def _run_document(projector: Projector, sequence: int, run_number: int, change: dict[str, Any]) -> None:
    old = ranged.current(projector.connection, run_fact, run_number=run_number)
    document = encoding.parse(old[0]["document"]) if old else {"upstream": {}, "assumed": [], "registry": {}}
    document["upstream"].update(change.get("upstream", {}))
    document["registry"].update(change.get("registry", {}))
    measured = set(change.get("upstream", {})) - set(change.get("assumed", ()))
    assumed = (set(document["assumed"]) - measured) | set(change.get("assumed", ()))
    document["assumed"] = sorted(assumed)
    new = [{"run_number": run_number, "document": _document(document)}]
    ranged.replace(projector.connection, run_fact, old, new, sequence)


def _run_reported(projector: Projector, sequence: int, _by: Author, event: events.RunReported) -> None:
    change = {"upstream": dict(event.attributes), "assumed": event.assumed}
    _run_document(projector, sequence, event.run_number, change)
    _online(projector, sequence, event.run_number)
    projector.summaries.of_run(sequence, event.run_number)


def _run_attributes_set(
    projector: Projector, sequence: int, _by: Author, event: events.RunAttributesSet
) -> None:
    _run_document(projector, sequence, event.run_number, {"registry": dict(event.attributes)})
    projector.summaries.of_run(sequence, event.run_number)


def _online(projector: Projector, sequence: int, run_number: int) -> int:
    dataset_id, is_new = projector.words.dataset(run_number, ONLINE)
    if is_new:
        document = {"states": {}, "in_gui": [], "hidden": False}
        row = {"dataset_id": dataset_id, "document": _document(document)}
        ranged.add(projector.connection, dataset_fact, [row], sequence)
    return dataset_id


def _upstream_rows(
    projector: Projector, dataset_id: int, attributes: dict[str, tuple[tuple[int, int, Any], ...]]
) -> list[dict[str, Any]]:
    # as texts: 1 and true are different values, and the same dictionary key
    written = [(n, f, l, orjson.dumps(v).decode()) for n, spans in attributes.items() for f, l, v in spans]
    ids = projector.words.terms([*attributes, *(text for *_, text in written)])
    return [
        {
            "dataset_id": dataset_id,
            "attribute_id": ids[name],
            "first": first,
            "last": last,
            "value_id": ids[text],
        }
        for name, first, last, text in written
    ]


def _lumisections_reported(
    projector: Projector, sequence: int, _by: Author, event: events.LumisectionsReported
) -> None:
    dataset_id = _online(projector, sequence, event.run_number)
    exists = tuple((first, last, True) for first, last in event.lumisections)
    rows = _upstream_rows(projector, dataset_id, {EXISTS: exists, **event.attributes})
    old = ranged.current(projector.connection, upstream_range, dataset_id=dataset_id)
    ranged.replace(projector.connection, upstream_range, old, rows, sequence)
    projector.summaries.of_run(sequence, event.run_number, is_measured_anew=True)


def _bits_overridden(projector: Projector, sequence: int, _by: Author, event: events.BitsOverridden) -> None:
    dataset_id, _ = projector.words.dataset(event.run_number, event.dataset)
    rows = _upstream_rows(projector, dataset_id, dict(event.attributes))
    named = sorted({row["attribute_id"] for row in rows})
    old = ranged.current(projector.connection, upstream_range, dataset_id=dataset_id, attribute_id=named)
    ranged.replace(projector.connection, upstream_range, old, rows, sequence)


def _luminosity_reported(
    projector: Projector, sequence: int, _by: Author, event: events.LuminosityReported
) -> None:
    source_id = projector.words.terms([event.source])[event.source]
    where = {"run_number": event.run_number, "source_id": source_id}
    old = ranged.current(projector.connection, luminosity, **where)
    arrays = {
        name: encoding.pack(encoding.undigits(getattr(event, name)))
        for name in ("delivered", "recorded", "pileup")
    }
    ranged.replace(projector.connection, luminosity, old, [{**where, **arrays}], sequence)
    if event.source == DEFAULT_SOURCE:
        projector.summaries.of_run(sequence, event.run_number, is_measured_anew=True)


def _dataset_created(projector: Projector, sequence: int, _by: Author, event: events.DatasetCreated) -> None:
    document = {"states": dict(event.states), "in_gui": list(event.in_gui), "hidden": event.hidden}
    _dataset_document(projector, sequence, event, document)


def _dataset_state_moved(
    projector: Projector, sequence: int, _by: Author, event: events.DatasetStateMoved
) -> None:
    document = _dataset(projector, event)
    document["states"].update(event.states)
    _dataset_document(projector, sequence, event, document)


def _dataset_found(projector: Projector, sequence: int, _by: Author, event: events.DatasetFound) -> None:
    document = {**_dataset(projector, event), "in_gui": list(event.in_gui)}
    _dataset_document(projector, sequence, event, document)


def _dataset_hidden(projector: Projector, sequence: int, _by: Author, event: events.DatasetHidden) -> None:
    document = {**_dataset(projector, event), "hidden": event.hidden}
    _dataset_document(projector, sequence, event, document)


_OfDataset = events.DatasetCreated | events.DatasetStateMoved | events.DatasetFound | events.DatasetHidden


def _dataset(projector: Projector, event: _OfDataset) -> dict[str, Any]:
    dataset_id, _ = projector.words.dataset(event.run_number, event.dataset)
    (row,) = ranged.current(projector.connection, dataset_fact, dataset_id=dataset_id)
    return dict(encoding.parse(row["document"]))


def _dataset_document(projector: Projector, sequence: int, event: _OfDataset, document: dict[str, Any]) -> None:
    dataset_id, _ = projector.words.dataset(event.run_number, event.dataset)
    old = ranged.current(projector.connection, dataset_fact, dataset_id=dataset_id)
    new = [{"dataset_id": dataset_id, "document": _document(document)}]
    ranged.replace(projector.connection, dataset_fact, old, new, sequence)
    projector.summaries.of_dataset(sequence, event.run_number, event.dataset)


def _document_set(projector: Projector, sequence: int, _by: Author, event: events.DocumentSet) -> None:
    where = {"kind": event.category, "name": event.name}
    old = ranged.current(projector.connection, registry_document, **where)
    new = [{**where, "document": _document(event.document)}]
    ranged.replace(projector.connection, registry_document, old, new, sequence)


def _nothing(_projector: Projector, _sequence: int, _by: Author, _event: events.Event) -> None:
    """An import's end changes no table: it is read from the journal."""


def _verdicts(projector: Projector, sequence: int, by: Author, event: events.Verdicts) -> None:
    projector.verdicts(by, [(sequence, event)])


def _proposals_made(projector: Projector, sequence: int, _by: Author, event: events.ProposalsMade) -> None:
    proposals.make(projector.connection, projector.words, sequence, event)


def _proposals_answered(
    projector: Projector, sequence: int, _by: Author, event: events.ProposalsAnswered
) -> None:
    proposals.answer(projector.connection, sequence, event)


_PROJECTIONS: dict[str, Callable[[Projector, int, Author, Any], None]] = {
    "run-reported": _run_reported,
    "lumisections-reported": _lumisections_reported,
    "bits-overridden": _bits_overridden,
    "luminosity-reported": _luminosity_reported,
    "run-attributes-set": _run_attributes_set,
    "dataset-created": _dataset_created,
    "dataset-state-moved": _dataset_state_moved,
    "dataset-found": _dataset_found,
    "dataset-hidden": _dataset_hidden,
    "proposals-made": _proposals_made,
    "proposals-answered": _proposals_answered,
    "verdicts-given": _verdicts,
    "verdicts-restored": _verdicts,
    "document-set": _document_set,
    "import-finished": _nothing,
}
