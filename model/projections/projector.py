"""Dispatch of events to projections: what each kind of fact changes."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from model import encoding, events
from model.authors import Author
from model.projections import late_changes, products, proposals, ranged, upstream, verdicts
from model.projections.dictionary import Dictionary
from model.projections.summaries import Summaries
from model.tables import dataset_fact, registry_document, run_fact
from model.vocabulary import DEFAULT_SOURCE


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
        given = [
            (n, event) for n, event in facts if isinstance(event, events.VerdictsGiven | events.RulesDecided)
        ]
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
    upstream.online(projector.connection, projector.words, sequence, event.run_number)
    projector.summaries.of_run(sequence, event.run_number)


def _run_attributes_set(
    projector: Projector, sequence: int, _by: Author, event: events.RunAttributesSet
) -> None:
    _run_document(projector, sequence, event.run_number, {"registry": dict(event.attributes)})
    projector.summaries.of_run(sequence, event.run_number)


def _lumisections_reported(
    projector: Projector, sequence: int, _by: Author, event: events.LumisectionsReported
) -> None:
    upstream.report(projector.connection, projector.words, sequence, event)
    projector.summaries.of_run(sequence, event.run_number, is_measured_anew=True)


def _lumisections_changed(
    projector: Projector, sequence: int, _by: Author, event: events.LumisectionsChanged
) -> None:
    upstream.change(projector.connection, projector.words, sequence, event)
    projector.summaries.of_run(sequence, event.run_number, is_measured_anew=True)


def _bits_overridden(projector: Projector, sequence: int, _by: Author, event: events.BitsOverridden) -> None:
    upstream.override(projector.connection, projector.words, sequence, event)


def _luminosity_reported(
    projector: Projector, sequence: int, _by: Author, event: events.LuminosityReported
) -> None:
    upstream.measure(projector.connection, projector.words, sequence, event)
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


def _report_frozen(projector: Projector, sequence: int, _by: Author, event: events.ReportFrozen) -> None:
    # what lists show; the report itself is read from the journal, where it was written
    about = {**event.about, "sha256": event.sha256}
    new = [{"kind": "report", "name": event.name, "document": _document(about)}]
    ranged.add(projector.connection, registry_document, new, sequence)


def _nothing(_projector: Projector, _sequence: int, _by: Author, _event: events.Event) -> None:
    """An import's end changes no table: it is read from the journal."""


def _late_change_proposed(
    projector: Projector, sequence: int, _by: Author, event: events.LateChangeProposed
) -> None:
    late_changes.propose(projector.connection, sequence, event)


def _late_change_answered(
    projector: Projector, sequence: int, _by: Author, event: events.LateChangeAnswered
) -> None:
    late_changes.answer(projector.connection, sequence, event)


def _verdicts(projector: Projector, sequence: int, by: Author, event: events.Verdicts) -> None:
    projector.verdicts(by, [(sequence, event)])


def _proposals_made(projector: Projector, sequence: int, _by: Author, event: events.ProposalsMade) -> None:
    proposals.make(projector.connection, projector.words, sequence, event)


def _proposals_answered(
    projector: Projector, sequence: int, _by: Author, event: events.ProposalsAnswered
) -> None:
    proposals.answer(projector.connection, sequence, event)


def _of_product(
    apply: Callable[[Connection, int, Any], None],
) -> Callable[[Projector, int, Author, Any], None]:
    return lambda projector, sequence, _by, event: apply(projector.connection, sequence, event)


_PROJECTIONS: dict[str, Callable[[Projector, int, Author, Any], None]] = {
    "run-reported": _run_reported,
    "run-attributes-set": _run_attributes_set,
    "lumisections-reported": _lumisections_reported,
    "lumisections-changed": _lumisections_changed,
    "bits-overridden": _bits_overridden,
    "luminosity-reported": _luminosity_reported,
    "late-change-proposed": _late_change_proposed,
    "late-change-answered": _late_change_answered,
    "dataset-created": _dataset_created,
    "dataset-state-moved": _dataset_state_moved,
    "dataset-found": _dataset_found,
    "dataset-hidden": _dataset_hidden,
    "proposals-made": _proposals_made,
    "proposals-answered": _proposals_answered,
    "verdicts-given": _verdicts,
    "rules-decided": _verdicts,
    "verdicts-restored": _verdicts,
    "document-set": _document_set,
    "import-finished": _nothing,
    "product-proposed": _of_product(products.propose),
    "product-approved": _of_product(products.approve),
    "product-withdrawn": _of_product(products.withdraw),
    "product-published": _of_product(products.publish),
    "report-frozen": _report_frozen,
}
