"""Rules as people change them: drafted, back-tested, made active by a second person, or withdrawn."""

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Connection

from model import rights
from model.authors import Author
from model.commands.rules import kept_document
from model.commands.seen import require_unchanged
from model.commands.verdicts import require_seen
from model.errors import Forbidden, Invalid, NotFound, NotOpen, Stale
from model.event import Event
from model.events import DocumentSet
from model.journal import Transaction
from model.queries import documents
from model.queries.rules import ACTIVE, DRAFT, OPEN, TESTED, WITHDRAWN
from model.rights import Action
from model.rulebook.book import Rulebook, rulebook
from model.rulebook.texts import LISTED, OF_COLUMNS, Purpose, RuleText, parsed, policy, require_sound
from model.vocabulary import workspace_of
from rules.check import Finding, diagnose
from rules.schema import Schema
from rules.syntax import parse
from rules.unknown import NullPolicy

_SHORTEST_COMMENT = 3


def draft_rule(tx: Transaction, name: str, text: RuleText, by: Author, *, seen: int, comment: str = "") -> int:
    """Keep a rule as a draft: nothing evaluates it yet, so it may read what does not exist.

    Args:
        seen: the sequence the author was looking at.

    Raises:
        Invalid: the logic does not parse, or the rest of the text is not sound.
        Forbidden: the author may not draft rules of this purpose.
        Stale: somebody else changed the draft after `seen`.
    """
    require_sound(name, text)
    require_may_draft(by, text)
    require_seen(seen, tx.head.sequence)
    rule = parsed(text.logic)
    _refuse_stale(tx, name, by, seen)
    document = {**text.document(), "logic": rule.ast, "digest": rule.digest, "state": DRAFT, "by": by.name}
    return tx.record(DocumentSet("rule-draft", name, document), by, comment=comment)


def record_backtest(tx: Transaction, name: str, closure: str, tested: dict[str, Any], by: Author) -> int:
    """Note on a draft what it would change, as found over an era.

    Args:
        closure: digest of the rule with its flags that was tested.

    Raises:
        NotFound: no such draft.
        NotOpen: it is no longer a draft.
        Stale: the draft, or a flag it reads, has changed since.
        Forbidden: the author may not.
    """
    draft = _draft(tx, name)
    text = RuleText.of(draft)
    require_may_draft(by, text)
    _require_open(name, draft)
    if _book(tx).given(text).digest != closure:
        raise Stale(f"The draft {name}, or a flag it reads, has changed since it was tested.", [])
    document = {**draft, "state": TESTED, "tested": {**tested, "closure": closure, "by": by.name}}
    return tx.record(DocumentSet("rule-draft", name, document), by)


def activate_rule(
    tx: Transaction, name: str, digest: str, by: Author, *, seen: int | None = None, comment: str = ""
) -> int:
    """Make a back-tested draft the rule that holds from now on, as its next version.

    Args:
        digest: of the logic the activating person looked at.
        seen: sequence the author was looking at, where the door says it.

    Raises:
        NotFound: no such draft.
        NotOpen: it was not back-tested as it stands, flags included.
        Stale: somebody changed the draft meanwhile.
        Invalid: the checker finds errors, or warnings that no comment answers.
        Forbidden: no right, or the drafter of an official rule herself.
    """
    draft = _draft(tx, name)
    text = RuleText.of(draft)
    require_may_activate(by, text)
    _require_unchanged(tx, seen, name, by)
    _require_open(name, draft)
    if draft["digest"] != digest:
        raise Stale(f"{draft['by']} changed the draft {name} meanwhile: look at it again.", [])
    if text.purpose != Purpose.SELECTION and draft["by"] == by.name:
        raise Forbidden(f"{name} is official: a second person makes it active, not {by.name}, who drafted it.")
    if draft["state"] != TESTED or draft["tested"]["closure"] != _book(tx).given(text).digest:
        raise NotOpen(f"The draft {name} was not back-tested as it stands: test it over an era first.")
    _refuse_findings(findings(_book(tx), text), comment)
    _book(tx).with_rule(name, 0, text).version(name)
    words = {"drafted_by": draft["by"], "tested": draft["tested"]}
    tx.record(DocumentSet("rule", name, {**kept_document(tx, name, text), **words}), by, comment=comment)
    return tx.record(DocumentSet("rule-draft", name, {**draft, "state": ACTIVE}), by, comment=comment)


def withdraw_draft(
    tx: Transaction, name: str, by: Author, *, seen: int | None = None, comment: str = ""
) -> int:
    """Take a draft back; it stays readable in the history.

    Args:
        seen: sequence the author was looking at, where the door says it.

    Raises:
        NotFound: no such draft.
        Forbidden: the author may not.
        Stale: somebody else changed it after `seen`.
        NotOpen: it is no longer a draft.
    """
    draft = _draft(tx, name)
    require_may_draft(by, RuleText.of(draft))
    _require_unchanged(tx, seen, name, by)
    _require_open(name, draft)
    return tx.record(DocumentSet("rule-draft", name, {**draft, "state": WITHDRAWN}), by, comment=comment)


def findings(book: Rulebook, text: RuleText) -> tuple[Finding, ...]:
    """Return what the checker finds in a text, the book's flags known."""
    return diagnosed(parsed(text.logic).canonical, book.schema(), policy(text.null_policy), text.purpose)


def diagnosed(written: str, schema: Schema, null: NullPolicy, purpose: str) -> tuple[Finding, ...]:
    """Return what the checker finds in what is written for a purpose, finished or not.

    The last line of a decision list takes whatever no other line took: it reads nothing, and is always true.
    """
    found = diagnose(written, schema, null)
    is_always = any(each.code == "always-true" for each in found)
    if purpose in LISTED and is_always and not parse(written).variables:
        return tuple(each for each in found if each.code != "always-true")
    return found


def is_draft(connection: Connection, name: str, text: RuleText) -> bool:
    """Tell whether a text is what the open draft of that name holds."""
    found = documents.document(connection, "rule-draft", name)
    if found is None or found["state"] not in OPEN:
        return False
    return RuleText.of(found) == replace(text, logic=parsed(text.logic).ast)


def may_draft(by: Author, text: RuleText) -> bool:
    """Tell whether somebody may draft rules of this purpose."""
    return rights.may(by, Action.PROPOSE_CONFIGURATION) or rights.may(by, _action(text), _workspace(text))


def require_may_draft(by: Author, text: RuleText) -> None:
    """Let through who may draft rules of this purpose.

    Raises:
        Forbidden: the author may not; the sentence names who may.
    """
    if not may_draft(by, text):
        rights.require(by, _action(text), _workspace(text))


def require_may_activate(by: Author, text: RuleText) -> None:
    """Let through who may make rules of this purpose active.

    Raises:
        Forbidden: the author may not; the sentence names who may.
    """
    rights.require(by, _action(text), _workspace(text))


def _action(text: RuleText) -> Action:
    purpose = Purpose(text.purpose)
    if purpose is Purpose.SELECTION:
        return Action.MAKE_GOLDEN
    if purpose is Purpose.GOLDEN:
        return Action.MAKE_OFFICIAL
    of_workspace = purpose in OF_COLUMNS or purpose is Purpose.WORKSPACE_SIGNIFICANCE
    return Action.EDIT_WORKSPACE_RULES if of_workspace else Action.EDIT_CONFIGURATION


def _workspace(text: RuleText) -> str | None:
    if text.purpose not in LISTED or text.purpose in (Purpose.CLASS, Purpose.SIGNIFICANCE):
        return None
    return workspace_of(text.target)


def _book(tx: Transaction) -> Rulebook:
    return rulebook(tx.connection, tx.head.sequence)


def _draft(tx: Transaction, name: str) -> dict[str, Any]:
    found: dict[str, Any] | None = documents.document(tx.connection, "rule-draft", name)
    if found is None:
        raise NotFound(f"There is no draft of a rule {name}.")
    return found


def _require_open(name: str, draft: dict[str, Any]) -> None:
    if draft["state"] not in OPEN:
        raise NotOpen(f"The draft {name} is {draft['state']}: draft it anew.")


def _require_unchanged(tx: Transaction, seen: int | None, name: str, by: Author) -> None:
    def is_same(event: Event) -> bool:
        told = cast(DocumentSet, event)
        return (told.category, told.name) == ("rule-draft", name)

    require_unchanged(tx, seen, by, DocumentSet, is_same=is_same)


def _refuse_stale(tx: Transaction, name: str, by: Author, seen: int) -> None:
    now = documents.document(tx.connection, "rule-draft", name)
    if now is None or now["by"] == by.name or now["state"] in (ACTIVE, WITHDRAWN):
        return
    if documents.document(tx.connection, "rule-draft", name, seen) != now:
        raise Stale(f"{now['by']} changed the draft {name} meanwhile. Nothing was written.", [])


def _refuse_findings(found: tuple[Finding, ...], comment: str) -> None:
    errors = [each for each in found if each.severity == "error"]
    if errors:
        raise Invalid(f"The rule has errors: {errors[0].message} (at {errors[0].pointer or 'the top'}).")
    warnings = [each for each in found if each.severity == "warning"]
    if warnings and len(comment.strip()) < _SHORTEST_COMMENT:
        raise Invalid(f"The rule has warnings; say why it is right nevertheless: {warnings[0].message}")
