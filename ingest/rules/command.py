"""`python -m ingest rules FILE…`: read rules of other systems, say what became of them, keep them as drafts."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.files.report import FileRefused, Findings
from ingest.files.text import document
from ingest.rules.conventions import Convention
from ingest.rules.drafts import Draft, drafts, numbered
from ingest.rules.legacy import Legacy, read_all
from ingest.rules.places import Refused
from ingest.run import BadFile
from model.authors import Author
from model.commands.derived import writing
from model.commands.rule_drafts import draft_rule, findings, is_draft
from model.db import Database
from model.errors import Invalid
from model.journal import Transaction, head
from model.queries import documents
from model.queries.rules import OPEN
from model.rulebook.book import rulebook
from model.rulebook.texts import parsed, require_sound

log = logging.getLogger("ingest")


def import_rules(
    database: Database, paths: Sequence[Path], convention: Convention | None = None, by: Author | None = None
) -> int:
    """Read rules and keep them as drafts; return 0, or 1 where somebody else's draft was in the way.

    Args:
        convention: what names mean in all of the files; without it what each rule's shape or names say.
        by: who drafts them; without an author they are only reported.

    Raises:
        BadFile: a file holds what is no rule; nothing was written.
        Forbidden: the author may not draft one of them; nothing was written.
    """
    found = [each for path in paths for each in _read(path, convention)]
    ready = list(zip((path for path, _ in found), numbered([draft for _, draft in found]), strict=True))
    for path, draft in ready:
        _require_sound(path, draft)
    with database.reading() as connection:
        book = rulebook(connection, head(connection).sequence)
        for path, draft in ready:
            for line in report(draft, path.name):
                log.info("%s", line)
            for finding in findings(book, draft.text):
                log.info("  %s %s at %s: %s", finding.severity, finding.code, finding.pointer, finding.message)
            if draft.name in book.names:
                log.info("  There is a rule %s: this would be its next version.", draft.name)
    if by is None:
        log.info("%d rules read; nothing was written.", len(ready))
        return 0
    with writing(database) as tx:
        written = [_record(tx, draft, by, path.name) for path, draft in ready]
    log.info("%d rules read, %d kept as drafts of %s.", len(ready), written.count(True), by.name)
    return 1 if None in written else 0


def report(draft: Draft, file: str) -> Iterator[str]:
    """Yield what became of a rule: one line about it, then what is to be known, each with its place."""
    legacy, translated = draft.legacy, draft.translated
    yield (
        f"{file}:{legacy.line()}: {draft.name} ({legacy.shape}, {translated.convention}): "
        f"{len(translated.mapped)} names mapped, {len(draft.unmapped)} not"
    )
    for part in draft.unmapped:
        hint = f": {part.suggestion}" if part.suggestion else ""
        yield f"  {file}:{legacy.line(part.pointer)}: {part.name} at {part.pointer} has no counterpart{hint}"
    yield from (f"  {file}:{note.line}: {note.message}" for note in legacy.notes)
    yield from (f"  {caveat}" for caveat in translated.caveats)


def _read(path: Path, convention: Convention | None) -> Iterator[tuple[Path, Draft]]:
    try:
        text = document(path, Findings(path, strict=True))
        read = read_all(text or "", convention)
    except FileRefused as error:
        raise BadFile(str(error)) from error
    except Refused as error:
        raise BadFile(f"{path.name}:{error.line}: {error.sentence}") from error
    for legacy in read:
        if legacy.rule is None:
            _tell_empty(legacy, path.name)
        yield from ((path, draft) for draft in drafts(legacy, path.name))


def _tell_empty(legacy: Legacy, file: str) -> None:
    for note in legacy.notes:
        log.warning("%s:%d: %s", file, note.line, note.message)


def _require_sound(path: Path, draft: Draft) -> None:
    try:
        require_sound(draft.name, draft.text)
        parsed(draft.text.logic)
    except Invalid as error:
        raise BadFile(f"{path.name}:{draft.legacy.line()}: {error}") from error


def _record(tx: Transaction, draft: Draft, by: Author, file: str) -> bool | None:
    """Keep one draft; return whether it was written, None where somebody else's open draft stays."""
    if is_draft(tx.connection, draft.name, draft.text):
        return False
    before = documents.document(tx.connection, "rule-draft", draft.name)
    if before is not None and before["by"] != by.name and before["state"] in OPEN:
        log.warning("%s: %s has an open draft of that name; it was left as it is.", draft.name, before["by"])
        return None
    draft_rule(tx, draft.name, draft.text, by, seen=tx.head.sequence, comment=f"read from {file}")
    return True
