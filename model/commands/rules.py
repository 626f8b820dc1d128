"""Rules made active at once, as an import does; people draft, test and activate (see `rule_drafts`)."""

from datetime import datetime
from typing import Any

from model.authors import Author
from model.commands.documents import set_document
from model.journal import Transaction
from model.queries import documents
from model.rulebook.book import rulebook
from model.rulebook.texts import RuleText, parsed, read_rule, require_sound


def set_rule(
    tx: Transaction,
    name: str,
    text: RuleText,
    by: Author,
    *,
    comment: str = "",
    happened_at: datetime | None = None,
) -> int:
    """Keep a new version of a rule at once, as an import does.

    Raises:
        Invalid: the logic does not parse, reads what does not exist, or the text is not sound.
        Forbidden: the author may not.
    """
    require_sound(name, text)
    read_rule(text.logic)
    rulebook(tx.connection, tx.head.sequence).with_rule(name, 0, text).version(name)
    document = kept_document(tx, name, text)
    return set_document(tx, "rule", name, document, by, comment=comment, happened_at=happened_at)


def kept_document(tx: Transaction, name: str, text: RuleText) -> dict[str, Any]:
    """Return the document of the next version of a rule."""
    before = documents.document(tx.connection, "rule", name)
    rule = parsed(text.logic)
    version = before["version"] + 1 if before else 1
    return {**text.document(), "logic": rule.ast, "version": version, "digest": rule.digest}
