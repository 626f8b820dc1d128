"""A small registry to talk about: people of every role, and history built by commands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from model.authors import IMPORTER, Author
from model.commands import datasets as dataset_commands
from model.commands import upstream as upstream_commands
from model.commands.upstream import Luminosity
from model.commands.verdicts import VerdictEdit, certify
from model.events import DatasetCreated, VerdictsGiven
from model.queries import verdicts
from model.ranges import canonical
from model.registry import Registry
from model.vocabulary import OFFLINE_COLUMNS, ONLINE, ONLINE_COLUMNS

RUN = 380001
PROMPT = "/PromptReco/Collisions2024C/DQM"
EXPRESS = "/Express/Collisions2024/DQM"
START = datetime(2024, 5, 1, 12, tzinfo=UTC)
_G = "cms-dqm-runregistry-"

SHIFTER = Author("a.shifter", True, frozenset({f"{_G}online-shifters"}), "A. Shifter")
EXPERT = Author("b.expert", True, frozenset({f"{_G}experts", "cms-dqm-oncall"}), "B. Expert")
TRACKER = Author("t.certifier", True, frozenset({f"{_G}offline-tracker-certifiers"}), "T. Certifier")
GEM = Author("g.certifier", True, frozenset({f"{_G}offline-gem-certifiers"}), "G. Certifier")
DC = Author("d.coordinator", True, frozenset({f"{_G}data-certification"}), "D. Coordinator")
READER = Author("r.reader", True, frozenset(), "R. Reader")
RULE = Author("rule:dcs@1", is_person=False)

Span = tuple[int, int]


def report_run(
    registry: Registry,
    run_number: int = RUN,
    lumisections: Sequence[Span] = ((1, 10),),
    bits: Mapping[str, Sequence[tuple[int, int, Any]]] | None = None,
    **attributes: Any,
) -> None:
    """Let upstream report a run, its lumisections and 0.1 /pb recorded on each of them."""
    spans = canonical(lumisections)
    with registry.writing() as tx:
        facts = {"fill_number": 9600, "era": "2024C", **attributes}
        upstream_commands.report_run(tx, run_number, facts, IMPORTER)
        upstream_commands.report_lumisections(tx, run_number, spans, bits or {}, IMPORTER)
    recorded = np.full(spans[-1].last, np.nan)
    for first, last in spans:
        recorded[first - 1 : last] = 0.1
    report_luminosity(registry, recorded, run_number)


def report_luminosity(
    registry: Registry, recorded: Iterable[float], run_number: int = RUN, source: str = "OMS"
) -> int | None:
    """Let a source report luminosity; delivered is a tenth more than recorded."""
    values = np.array(list(recorded), dtype=np.float64)
    with registry.writing() as tx:
        lumi = Luminosity(source, values * 1.1, values, np.empty(0))
        return upstream_commands.report_luminosity(tx, run_number, lumi, IMPORTER)


def create_dataset(
    registry: Registry,
    name: str = PROMPT,
    run_number: int = RUN,
    *,
    hidden: bool = False,
    states: Mapping[str, str] | None = None,
) -> int:
    """Let a dataset of a run appear, open everywhere unless told otherwise."""
    with registry.writing() as tx:
        event = DatasetCreated(run_number, name, dict(states or {"global": "OPEN"}), (name,), hidden)
        return dataset_commands.create_dataset(tx, event, IMPORTER)


def give(
    registry: Registry,
    by: Author,
    column: str | Sequence[str],
    ranges: Sequence[Span],
    status: str,
    cause: str = "",
    comment: str = "",
    *,
    dataset: str = PROMPT,
    run_number: int = RUN,
    seen: int | None = None,
) -> int:
    """Let a person certify, having seen everything unless told otherwise; return the sequence."""
    columns = (column,) if isinstance(column, str) else tuple(column)
    if status == "BAD" and not cause and not comment:
        cause = "HV trip"
    edit = VerdictEdit(run_number, dataset, columns, tuple(ranges), status, cause, comment)
    with registry.writing() as tx:
        return certify(tx, [edit], by, seen=tx.head.sequence if seen is None else seen)


def rule_says(
    registry: Registry,
    column: str | Sequence[str],
    ranges: Sequence[Span],
    status: str,
    *,
    dataset: str = PROMPT,
    run_number: int = RUN,
    by: Author = RULE,
) -> int:
    """Let a rule give its verdict."""
    columns = [column] if isinstance(column, str) else list(column)
    verdict = {
        "columns": columns,
        "ranges": [list(r) for r in ranges],
        "status": status,
        "cause": "",
        "comment": "",
    }
    with registry.writing() as tx:
        event = VerdictsGiven(run_number, dataset, (verdict,))
        return dataset_commands.import_verdicts(tx, event, by, importer=IMPORTER)


def decide_everything(
    registry: Registry, dataset: str = PROMPT, run_number: int = RUN, but: Sequence[str] = ()
) -> None:
    """Let the rule say GOOD on every lumisection of every certifiable column but some."""
    columns = ONLINE_COLUMNS if dataset == ONLINE else OFFLINE_COLUMNS
    rule_says(
        registry,
        [c for c in columns if c not in but],
        [(1, 10)],
        "GOOD",
        dataset=dataset,
        run_number=run_number,
    )


def now(registry: Registry) -> int:
    """Return the journal's last sequence."""
    with registry.reading() as connection:
        return sequence_of(connection)


def sequence_of(connection: Any) -> int:
    """Return the last sequence of a snapshot."""
    from model.journal import sequence_now

    return sequence_now(connection)


def said(
    registry: Registry,
    column: str,
    *,
    dataset: str = PROMPT,
    run_number: int = RUN,
    at: int | None = None,
    overruled: bool = False,
) -> list[tuple[int, int, str, str]]:
    """Return what counts (or what was overruled) on a column: (first, last, status, author)."""
    read = verdicts.overruled if overruled else verdicts.of_dataset
    with registry.reading() as connection:
        at = sequence_of(connection) if at is None else at
        found = read(connection, run_number, dataset, at, [column])[column]
    return [(v.span.first, v.span.last, v.status.name, v.author) for v in found]


def statuses(registry: Registry, column: str, **where: Any) -> list[tuple[int, int, str]]:
    """Return what counts on a column without its authors."""
    return [(first, last, status) for first, last, status, _ in said(registry, column, **where)]
