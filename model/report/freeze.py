"""Make a report and freeze it; make a frozen one again and see whether it comes out the same."""

from dataclasses import dataclass

from sqlalchemy import Connection

from model import rights
from model.authors import Author
from model.bulk.plan import Tell, untold
from model.commands.reports import action_of, freeze_report, name_of
from model.errors import RunRegistryError
from model.journal import sequence_now
from model.registry import Registry
from model.report.gather import again, gathered, planned
from model.report.kept import Kept, body_of, report_of, reports
from model.report.report import FORMAT, read, sha256
from model.report.scope import Asked, kind_of


@dataclass(frozen=True)
class Verified:
    """Whether a report that was made again is the frozen one; `why` says what is not so."""

    name: str
    sha256: str
    is_same: bool
    why: str = ""


def freeze(registry: Registry, asked: Asked, by: Author, tell: Tell = untold) -> Kept:
    """Make a report beside the journal's lock and freeze it; one that is frozen already is given as it is.

    Args:
        tell: is told how far it is; what it raises leaves nothing written.

    Raises:
        RunRegistryError: there is nothing to report, or the author may not; the sentence says what to do.
    """
    with registry.reading() as connection:
        rights.require(by, action_of(kind_of(asked.kind)))
        report = gathered(registry, connection, planned(connection, asked, registry.clock()), tell)
        name = name_of(report)
        is_there = any(each.name == name for each in reports(connection, sequence_now(connection)))
    if not is_there:
        with registry.writing() as tx:
            freeze_report(tx, report, by)
    with registry.reading() as connection:
        return report_of(connection, name, sequence_now(connection))


def verified(registry: Registry, connection: Connection, kept: Kept) -> Verified:
    """Make a frozen report again from its sequence and compare the bytes."""
    body = body_of(connection, kept)
    if sha256(body) != kept.sha256:
        return Verified(kept.name, kept.sha256, False, "the bytes in the journal are not those of its digest")
    report = read(body)
    if report.format != FORMAT:
        why = f"it is of format {report.format}, and reports are made in format {FORMAT} now"
        return Verified(kept.name, kept.sha256, False, why)
    try:
        made = gathered(registry, connection, again(connection, report))
    except RunRegistryError as error:
        return Verified(kept.name, kept.sha256, False, f"it cannot be made again: {error}")
    if made.body == body:
        return Verified(kept.name, kept.sha256, True)
    tables = {table.name: table for table in report.tables}
    other = [table.name for table in made.tables if tables.pop(table.name, None) != table]
    why = f"it comes out otherwise: {', '.join([*other, *tables]) or 'its head'}"
    return Verified(kept.name, kept.sha256, False, why)
