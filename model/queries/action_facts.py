"""What an action did, from its facts: in words, on which lumisections, and what it touched."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from model import events
from model.journal import Entry
from model.queries import history
from model.queries.event_feed import open_payload
from model.ranges import LumisectionRange, Ranges, canonical

#: each kind of fact as the log names it
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "bits-overridden": "bits overridden",
        "dataset-created": "dataset created",
        "dataset-found": "dataset found in the DQM GUI",
        "dataset-hidden": "dataset hidden or brought back",
        "dataset-state-moved": "dataset moved",
        "document-set": "document set",
        "import-finished": "import finished",
        "late-change-answered": "late change answered",
        "late-change-proposed": "late change proposed",
        "lumisections-changed": "lumisections changed",
        "lumisections-reported": "lumisections reported",
        "luminosity-reported": "luminosity reported",
        "product-approved": "product approved",
        "product-proposed": "product proposed",
        "product-published": "product published",
        "product-withdrawn": "product withdrawn",
        "proposals-answered": "proposals answered",
        "proposals-made": "proposals made",
        "report-frozen": "report frozen",
        "rules-decided": "rules decided",
        "run-attributes-set": "run attributes set",
        "run-reported": "run reported",
        "verdicts-given": "verdicts given",
        "verdicts-restored": "verdicts taken back",
    }
)
_MOST_PHRASES = 3
_MOST_NAMES = 2
Json = Any


@dataclass(frozen=True)
class Touched:
    """What facts were about.

    Args:
        datasets: (run number, name) of each.
        lumisections: those that were spoken of, by run; each counts once, in however many columns.
        documents: (kind, name) of what is no run's: rules, products, …; without what is somebody's own.
    """

    runs: tuple[int, ...]
    datasets: tuple[tuple[int, str], ...]
    columns: tuple[str, ...]
    lumisections: Mapping[int, Ranges]
    documents: tuple[tuple[str, str], ...]

    @property
    def lumisection_count(self) -> int:
        """How many lumisections of runs were spoken of."""
        return sum(last - first + 1 for spans in self.lumisections.values() for first, last in spans)


def touched(told: Iterable[Entry]) -> Touched:
    """Return what facts were about."""
    runs, datasets, columns, documents = set[int](), set[tuple[int, str]](), set[str](), set[tuple[str, str]]()
    spans: dict[int, list[LumisectionRange]] = defaultdict(list)
    for one in told:
        event = one.event
        documents |= set(_documents(event))
        if one.run_number is None:
            continue
        runs.add(one.run_number)
        if name := getattr(event, "dataset", ""):
            datasets.add((one.run_number, name))
        columns |= set(_columns(event))
        spans[one.run_number] += [LumisectionRange(first, last) for first, last in _spans(event)]
    found = {number: canonical(of) for number, of in sorted(spans.items()) if of}
    about = (tuple(sorted(runs)), tuple(sorted(datasets)), tuple(sorted(columns)))
    return Touched(*about, found, tuple(sorted(documents)))


def said(event: events.Event) -> Sequence[Mapping[str, Json]]:
    """Return what a fact says of columns: each with `ranges`, and `columns` or `column`."""
    for name in ("verdicts", "layers", "proposals"):
        found = getattr(event, name, ())
        if found and isinstance(found[0], Mapping):
            return tuple(found)
    return ()


def _columns(event: events.Event) -> Iterator[str]:
    for each in said(event):
        yield from each.get("columns") or [each["column"]]


def _spans(event: events.Event) -> Iterator[tuple[int, int]]:
    for each in said(event):
        yield from each["ranges"]
    if isinstance(event, events.LumisectionsReported | events.LumisectionsChanged):
        yield from event.lumisections
        yield from getattr(event, "removed", ())
    if isinstance(event, events.BitsOverridden):
        for values in event.attributes.values():
            yield from ((first, last) for first, last, _ in values)


def _documents(event: events.Event) -> Iterator[tuple[str, str]]:
    if isinstance(event, events.DocumentSet):
        if name := open_payload(event)["name"]:
            yield event.category, name
    elif isinstance(event, events.ReportFrozen):
        yield "report", event.name
    elif isinstance(
        event,
        events.ProductProposed | events.ProductApproved | events.ProductWithdrawn | events.ProductPublished,
    ):
        yield "product", event.name


def words(told: Sequence[Entry]) -> str:
    """Return in one line what an action did, its kinds of facts in order."""
    by_kind: dict[str, list[Entry]] = defaultdict(list)
    for one in told:
        by_kind[one.event.kind].append(one)
    phrases = [_phrase(kind, of) for kind, of in by_kind.items()]
    more = f"; and {len(phrases) - _MOST_PHRASES} more" if len(phrases) > _MOST_PHRASES else ""
    return "; ".join(phrases[:_MOST_PHRASES]) + more


def _phrase(kind: str, told: Sequence[Entry]) -> str:
    of = touched(told)
    if isinstance(told[0].event, events.VerdictsGiven | events.RulesDecided):
        by = "rules: " if kind == events.RulesDecided.kind else ""
        return f"{by}{_statuses(told)} {_named(of.columns, 'columns')} of {_where(of)}"
    if isinstance(told[0].event, events.VerdictsRestored):
        undone = told[0].event.undone_action
        return f"took back action {undone:,}: {_named(of.columns, 'columns')} of {_where(of)}"
    if of.documents:
        names = _named([name for _, name in of.documents], "of them")
        what = of.documents[0][0] if kind == "document-set" else WORDS[kind]
        return f"{what} {names}"
    if len(told) > 1:
        return f"{WORDS[kind]} {len(told):,} ×" + (f", {_where(of)}" if of.runs else "")
    if isinstance(told[0].event, events.DocumentSet):
        # what is somebody's own has no name here
        return told[0].event.category
    if isinstance(told[0].event, events.ImportFinished):
        return f"read in {told[0].event.what}"
    if isinstance(told[0].event, events.RunReported) and len(told[0].event.attributes) > _MOST_NAMES:
        return f"{told[0].event.source}: {len(told[0].event.attributes)} attributes"
    return history.words(told[0])


def _statuses(told: Sequence[Entry]) -> str:
    every = [each for one in told for each in said(one.event)]
    found = ", ".join(dict.fromkeys(each["status"] for each in every))
    causes = {each["cause"] for each in every} - {""}
    return f"{found} ({causes.pop()})" if len(causes) == 1 else found


def _where(of: Touched) -> str:
    if len(of.datasets) == 1:
        return of.datasets[0][1]
    if of.datasets:
        return f"{len(of.datasets):,} datasets"
    return "1 run" if len(of.runs) == 1 else f"{len(of.runs):,} runs"


def _named(names: Sequence[str], what: str) -> str:
    return ", ".join(names) if len(names) <= _MOST_NAMES else f"{len(names):,} {what}"
