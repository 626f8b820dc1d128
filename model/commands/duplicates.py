"""A dataset again under another name in the same run, with all that counts on it."""

import re
from collections import defaultdict

from model import rights
from model.authors import Author
from model.bulk.snapshot import Snapshot
from model.errors import Invalid
from model.events import DatasetCreated, Event, VerdictsGiven
from model.queries.verdicts import Verdict
from model.rights import Action
from model.vocabulary import GLOBAL, ONLINE, State, Status

_NAME = re.compile(r"/[A-Za-z0-9_.-]{1,100}(?:/[A-Za-z0-9_.-]{1,100}){1,4}")
_OPEN = (Status.EMPTY, Status.NOTSET)


def duplicated(now: Snapshot, where: tuple[int, str], to: str, by: Author) -> list[Event]:
    """Return what duplicating (run, dataset) would record: an open dataset with the same verdicts.

    Args:
        now: a snapshot in which the run was loaded.

    Raises:
        NotFound: no such run or dataset.
        Invalid: the online dataset, a name that is none, or one that the run has already.
        Forbidden: the author may not.
    """
    run_number, name = where
    rights.require(by, Action.DUPLICATE_DATASET)
    now.dataset(run_number, name)
    if name == ONLINE:
        raise Invalid("The online dataset of a run cannot be duplicated.")
    if not _NAME.fullmatch(to):
        raise Invalid(f"“{to[:80]}” is no name of a dataset such as /ReReco/Run2024C/DQM.")
    there = next((d for d in now.of_run(run_number) if d.name == to), None)
    if there is not None:
        how = ", hidden: bring it back instead" if there.is_hidden else " already"
        raise Invalid(f"Run {run_number} has a dataset {to}{how}.")
    created = DatasetCreated(run_number, to, {GLOBAL: State.OPEN.value})
    alike: dict[tuple[str, str, str, tuple[tuple[int, int], ...]], list[str]] = defaultdict(list)
    for column, said in now.said([where])[where].items():
        for words, ranges in _by_words(said).items():
            alike[*words, tuple(ranges)].append(column)
    verdicts = tuple(
        {
            "columns": sorted(columns),
            "ranges": [list(span) for span in ranges],
            "status": status,
            "cause": cause,
            "comment": comment or f"copied from {name}",
        }
        for (status, cause, comment, ranges), columns in alike.items()
    )
    return [created, VerdictsGiven(run_number, to, verdicts)] if verdicts else [created]


def _by_words(said: list[Verdict]) -> dict[tuple[str, str, str], list[tuple[int, int]]]:
    found: dict[tuple[str, str, str], list[tuple[int, int]]] = defaultdict(list)
    for verdict in said:
        if verdict.status not in _OPEN:
            words = (verdict.status.name, verdict.cause, verdict.comment)
            found[words].append((verdict.span.first, verdict.span.last))
    return found
