"""Give programs tokens, and take them away."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta

from model import rights, tokens
from model.authors import Author
from model.clock import rfc3339, to_us
from model.errors import Forbidden, Invalid
from model.events import DocumentSet
from model.identity_tables import program_token
from model.journal import Transaction
from model.queries import datasets, documents
from model.rights import Action
from model.tokens import KIND

MOST_DAYS = 366
_NAME = re.compile(r"[a-z][a-z0-9.-]{1,39}")
_LONGEST_PURPOSE = 200
#: the registry's own, and what would let a program give itself more
NEVER = frozenset({Action.ADMINISTER, Action.INGEST})


def make_token(
    tx: Transaction,
    name: str,
    by: Author,
    *,
    actions: Sequence[str] = (),
    workspaces_of: Sequence[str] = (),
    days: int = 90,
    purpose: str = "",
) -> str:
    """Give a program a token that may do these actions, none for reading only; return it, once and never again.

    Args:
        workspaces_of: the workspaces in which it may; none for all.

    Raises:
        Invalid: no name, one that holds already, an unknown action or workspace, or too many days.
        Forbidden: the author does not administer.
    """
    _require_administrator(tx, by)
    if not _NAME.fullmatch(name):
        raise Invalid("A token's name has 2 to 40 small letters, digits, dots and hyphens: dqm-quality-tests.")
    if not 1 <= days <= MOST_DAYS or len(purpose) > _LONGEST_PURPOSE:
        raise Invalid(
            f"A token holds 1 to {MOST_DAYS} days, and its purpose has at most {_LONGEST_PURPOSE} characters."
        )
    _require_known(tx, actions, workspaces_of)
    now = tx.clock()
    said = documents.document(tx.connection, KIND, name)
    if said is not None and tokens.token_of(tx.connection, name).holds(now):
        raise Invalid(f"There is a token {name} that holds: revoke it first, or take another name.")
    secret = f"{tokens.HEAD}{secrets.token_urlsafe(32)}"
    tx.connection.execute(program_token.delete().where(program_token.c.name == name))
    tx.connection.execute(program_token.insert(), {"name": name, "hash": tokens.digest(secret)})
    document = {
        "purpose": purpose.strip(),
        "actions": sorted(set(actions)),
        "workspaces": sorted(set(workspaces_of)),
        "made_by": by.name,
        "made_at": rfc3339(to_us(now)),
        "expires_at": rfc3339(to_us(now + timedelta(days=days))),
    }
    tx.record(DocumentSet(KIND, name, document), by)
    return secret


def revoke_token(tx: Transaction, name: str, by: Author, *, reason: str = "") -> int:
    """Take a program's token away, at once and for good; return the new sequence.

    Raises:
        NotFound: there is none of this name.
        Invalid: it was revoked before.
        Forbidden: the author does not administer.
    """
    _require_administrator(tx, by)
    found = tokens.token_of(tx.connection, name)
    if found.revoked_by:
        raise Invalid(f"The token {name} was revoked by {found.revoked_by} already.")
    document = {**documents.document(tx.connection, KIND, name), "revoked_by": by.name}
    return tx.record(DocumentSet(KIND, name, document), by, comment=reason)


def _require_administrator(tx: Transaction, by: Author) -> None:
    rights.require(by, Action.ADMINISTER)
    if not by.is_person:
        raise Forbidden(f"{by.name} is a program: tokens are made and revoked by people.")


def _require_known(tx: Transaction, actions: Sequence[str], workspaces_of: Sequence[str]) -> None:
    for action in actions:
        if action not in set(Action) - NEVER:
            raise Invalid(f"“{action[:60]}” is nothing that a token may do.")
    known = sorted(datasets.levels(tx.connection))
    for workspace in workspaces_of:
        if workspace not in known:
            raise Invalid(f"“{workspace[:60]}” is no workspace; {', '.join(known)} are.")
