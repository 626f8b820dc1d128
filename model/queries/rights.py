"""Which policy of rights held at a sequence: the documents in the journal, else what ships."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.journal import sequence_now
from model.policy import DEFAULT, FIXED_ACTION, FIXED_ROLE, Action, Grant, Policy, Role
from model.tables import registry_document

#: the category of both documents
KIND = "rights"
GROUPS, MATRIX = "groups", "matrix"


@dataclass(frozen=True, order=True)
class Change:
    """What the members of one group gain or lose."""

    group: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]


def policy(connection: Connection, at: int | None = None) -> Policy:
    """Return the policy that held at a sequence; the same object as long as it stays."""
    at = sequence_now(connection) if at is None else at
    d = registry_document
    query = select(d.c.name, d.c.document).where(d.c.kind == KIND, d.c.name.in_((GROUPS, MATRIX)), held(d, at))
    kept = {row.name: row.document for row in connection.execute(query)}
    return _read(kept.get(GROUPS), kept.get(MATRIX))


def groups_document(grants: Iterable[Grant]) -> list[dict[str, str]]:
    """Return the document of who is which role."""
    return [{"group": g.group, "role": g.role.value, "workspace": g.workspace} for g in sorted(grants)]


def matrix_document(policy: Policy) -> dict[str, list[str]]:
    """Return the document of which role may do what; what nobody edits is not in it."""
    return {
        action.value: sorted(role.value for role in roles if role is not FIXED_ROLE)
        for action, roles in policy.matrix.items()
        if action is not FIXED_ACTION
    }


def read(groups: Any, matrix: Any) -> Policy:
    """Return the policy that two documents are; None for the one that ships."""
    return Policy(
        DEFAULT.grants if groups is None else tuple(_grant(each) for each in groups),
        DEFAULT.matrix if matrix is None else _matrix(matrix),
    )


def changes(before: Policy, after: Policy) -> list[Change]:
    """Return what the members of each group gain and lose, by group."""
    found = []
    for group in sorted({g.group for g in (*before.grants, *after.grants)}):
        had, has = _actions(before, group), _actions(after, group)
        if had != has:
            found.append(Change(group, _ordered(has - had), _ordered(had - has)))
    return found


def _ordered(told: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(told))


def _actions(policy: Policy, group: str) -> frozenset[str]:
    return frozenset(
        f"{action.value}{f' in {grant.workspace}' if grant.workspace else ''}"
        for grant in policy.grants
        if grant.group == group
        for action, roles in policy.matrix.items()
        if grant.role in roles
    )


@lru_cache(64)
def _read(groups: str | None, matrix: str | None) -> Policy:
    told = [None if text is None else encoding.parse(text) for text in (groups, matrix)]
    return DEFAULT if told == [None, None] else read(*told)


def _grant(said: dict[str, str]) -> Grant:
    return Grant(said["group"], Role(said["role"]), said.get("workspace", ""))


def _matrix(said: dict[str, list[str]]) -> MappingProxyType[Action, frozenset[Role]]:
    """Return the matrix; an action that is newer than the document has the roles that ship."""
    kept = {Action(name): frozenset(map(Role, roles)) for name, roles in said.items() if name in set(Action)}
    shipped = {
        action: roles if action not in kept else kept[action] | (roles & {FIXED_ROLE})
        for action, roles in DEFAULT.matrix.items()
    }
    return MappingProxyType(shipped)
