"""`python -m ingest sentinel`: tell which runs contradict themselves, nightly; and of one that just arrived."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from model.db import Database
from model.journal import sequence_now
from model.sentinel.findings import Listed, Wanted, listed, totals
from model.sentinel.sentinel import Sentinel

log = logging.getLogger("ingest.sentinel")


def tell(database: Database, now: datetime, *, least_invpb: float, new_h: float) -> int:
    """Tell every finding that nobody acknowledged, most luminosity first.

    Args:
        new_h: what began to hold in so many hours before `now` is new.

    Returns: the exit code: 1 where something new has at least `least_invpb` at stake, else 0.
    """
    with database.reading() as connection:
        found = [
            each for each in listed(Sentinel(), connection, sequence_now(connection)) if Wanted().has(each)
        ]
    began = now - timedelta(hours=new_h)
    for each in found:
        log.info("%s%s", "new: " if each.finding.since_at >= began else "", sentence(each))
    for total in totals(found):
        log.info("%s: %.3f /pb, runs: %d", total.kind, total.at_stake_invpb, total.runs)
    return int(any(_is_loud(each, began, least_invpb) for each in found))


def look_at(database: Database, sentinel: Sentinel, run_number: int, known: set[str]) -> set[str]:
    """Tell what is new of a run that just arrived; return the keys of all that contradicts itself in it.

    Args:
        known: keys that were told before.
    """
    with database.reading() as connection:
        found = listed(sentinel, connection, sequence_now(connection), [run_number])
    for each in found:
        if each.finding.key not in known and each.acknowledged is None:
            log.warning("%s", sentence(each))
    return keys(found)


def keys(found: Iterable[Listed]) -> set[str]:
    """Return the keys of findings."""
    return {each.finding.key for each in found}


def sentence(each: Listed) -> str:
    """Return a finding in one line."""
    found = each.finding
    where = f"{found.lumisection_count:,} LS" if found.lumisections else "whole run"
    stake = f"{found.at_stake_invpb:.3f} /pb, {where}, {found.owner}, since {found.since_at:%Y-%m-%d %H:%M}Z"
    return f"run {found.run_number} {found.kind} ({stake}): {found.sentence}"


def _is_loud(each: Listed, began: datetime, least_invpb: float) -> bool:
    return each.finding.since_at >= began and each.finding.at_stake_invpb >= least_invpb
