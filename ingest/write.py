"""Records of files become commands: safe to run twice, since what is known already is not recorded again."""

from functools import singledispatch
from typing import Any

import numpy as np

from ingest.files.records import (
    AcceptedDataset,
    CertificationList,
    RunAttributes,
    RunLuminosities,
    RunLuminosity,
    RunLumisections,
    V4Run,
    WorkspaceColumns,
)
from ingest.v4 import write_run
from model.authors import IMPORTER
from model.commands import documents
from model.commands.arrival import Arrival, arrive, measure
from model.commands.upstream import Luminosity
from model.journal import Transaction
from model.queries import documents as kept
from model.ranges import numbers
from model.vocabulary import OFFLINE_COLUMNS, ONLINE_COLUMNS


@singledispatch
def write(record: object, tx: Transaction) -> None:
    """Record what a file said.

    Raises:
        TypeError: nobody knows how to write such a record.
    """
    raise TypeError(f"{type(record).__name__} cannot be written")


@write.register
def _(record: RunLumisections, tx: Transaction) -> None:
    facts = {"fill_number": record.fill_number, "era": record.era}
    known = {name: value for name, value in facts.items() if value is not None}
    at = [n - 1 for n in numbers(record.lumisections)]
    arrival = Arrival(
        record.run_number,
        known,
        record.lumisections,
        record.bits,
        record.delivered_lumi_invpb[at],
        record.recorded_lumi_invpb[at],
        record.pileup[at],
        is_whole=True,
        speaks_of=record.columns,
    )
    arrive(tx, arrival, IMPORTER)


@write.register
def _(record: RunAttributes, tx: Transaction) -> None:
    none = np.empty(0)
    arrival = Arrival(record.run_number, dict(record.attributes), (), {}, none, none, none, is_whole=False)
    arrive(tx, arrival, IMPORTER)


@write.register
def _(record: RunLuminosity, tx: Transaction) -> None:
    arrays = (record.delivered_lumi_invpb, record.recorded_lumi_invpb, np.empty(0))
    attributes = {} if record.fill_number is None else {"fill_number": record.fill_number}
    measure(tx, record.run_number, attributes, Luminosity(record.source, *arrays), IMPORTER)


@write.register
def _(record: RunLuminosities, tx: Transaction) -> None:
    for each in record.luminosities:
        write(each, tx)


@write.register
def _(record: CertificationList, tx: Transaction) -> None:
    body = {str(run): [list(r) for r in spans] for run, spans in record.lists.items()}
    _keep(tx, "certification-list", record.name, body)


@write.register
def _(record: AcceptedDataset, tx: Transaction) -> None:
    row = {
        "patterns": list(record.patterns),
        "run_from": record.run_from,
        "run_to": record.run_to,
        "class": record.run_class,
        "enabled": record.enabled,
    }
    before = kept.document(tx.connection, "accepted-datasets", record.name) or []
    if row not in before:
        _keep(tx, "accepted-datasets", record.name, [*before, row])


@write.register
def _(record: WorkspaceColumns, tx: Transaction) -> None:
    for stage, columns, certifiable in (
        ("online", record.online, ONLINE_COLUMNS),
        ("offline", record.offline, OFFLINE_COLUMNS),
    ):
        own = {ws: [n for n in names if f"{ws}-{n}" not in certifiable] for ws, names in columns.items()}
        local = kept.document(tx.connection, "workspaces", f"{stage}-local") or {}
        for ws, names in own.items():
            if names:
                local[ws] = sorted({*local.get(ws, ()), *names})
        _keep(tx, "workspaces", f"{stage}-local", local)


@write.register
def _(record: V4Run, tx: Transaction) -> None:
    write_run(tx, record)


def _keep(tx: Transaction, category: str, name: str, body: Any) -> None:
    if kept.document(tx.connection, category, name) != body:
        documents.set_document(tx, category, name, body, IMPORTER)
