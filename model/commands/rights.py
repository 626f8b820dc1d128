"""Say who may do what: which group is which role, and which role may do what."""

import re
from collections.abc import Iterable, Mapping, Sequence

from model import rights
from model.authors import RESERVED, Author
from model.errors import Forbidden, Invalid, Stale
from model.event import Json
from model.events import DocumentSet
from model.journal import Entry, Transaction
from model.policy import (
    DEFAULT,
    FIXED_ACTION,
    FIXED_ROLE,
    ITS_WORKSPACE,
    OF_ONE_WORKSPACE,
    Action,
    Grant,
    Policy,
    Role,
)
from model.queries import datasets
from model.queries.rights import GROUPS, KIND, MATRIX, groups_document, matrix_document, policy, read

_GROUP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/@+-]{1,119}")


def set_rights(
    tx: Transaction,
    grants: Sequence[Grant],
    matrix: Mapping[Action, Iterable[Role]],
    by: Author,
    *,
    seen: int,
    comment: str = "",
) -> int:
    """Let groups be these roles and roles do these actions from now on; return the new sequence.

    Args:
        seen: sequence the author was looking at.

    Raises:
        Invalid: nothing changes, a group or role makes no sense, or no administrator would be left.
        Stale: somebody else changed rights after `seen`.
        Forbidden: the author does not administer.
    """
    rights.require(by, Action.ADMINISTER)
    if not by.is_person:
        raise Forbidden(f"{by.name} is a program: rights are given by people.")
    now = policy(tx.connection)
    if policy(tx.connection, seen) is not now:
        raise Stale("Somebody else changed the rights meanwhile: look at them again.", ())
    wanted = planned(grants, matrix)
    for grant in grants:
        _require_sense(grant, frozenset(datasets.levels(tx.connection)))
    return _write(tx, now, wanted, by, comment)


def planned(grants: Iterable[Grant], matrix: Mapping[Action, Iterable[Role]]) -> Policy:
    """Return the policy that would hold; what nobody edits stays as it is.

    Raises:
        Invalid: an action has no roles, not even none: it would silently have those that ship.
    """
    if unsaid := [action.value for action in Action if action is not FIXED_ACTION and action not in matrix]:
        raise Invalid(f"Say of every action who may: nothing is said of “{unsaid[0]}”.")
    told = {
        action.value: [r.value for r in roles] for action, roles in matrix.items() if action is not FIXED_ACTION
    }
    return read(groups_document(set(grants)), told)


def restored(tx: Transaction, told: Sequence[Entry], by: Author, *, comment: str) -> int:
    """Take a change of rights back as a unit.

    Raises:
        Stale: rights were changed again since.
        Forbidden, Invalid: as `set_rights`.
    """
    rights.require(by, Action.ADMINISTER)
    now = policy(tx.connection)
    if policy(tx.connection, told[-1].sequence) is not now:
        raise Stale("The rights were changed again since: look at them again.", ())
    return _write(tx, now, policy(tx.connection, told[0].sequence - 1), by, comment)


def is_of_rights(event: object) -> bool:
    """Tell whether a fact is about rights."""
    return isinstance(event, DocumentSet) and event.category == KIND


def _write(tx: Transaction, now: Policy, wanted: Policy, by: Author, comment: str) -> int:
    _require_administrator(wanted, by)
    sequence = 0
    for name, before, after in (
        (GROUPS, groups_document(now.grants), groups_document(wanted.grants)),
        (MATRIX, matrix_document(now), matrix_document(wanted)),
    ):
        if before != after:
            sequence = tx.record(DocumentSet(KIND, name, _kept(name, after)), by, comment=comment)
    if not sequence:
        raise Invalid("Nothing changes: the rights are so already.")
    return sequence


def _kept(name: str, document: Json) -> Json:
    shipped: Json = groups_document(DEFAULT.grants) if name == GROUPS else matrix_document(DEFAULT)
    return None if document == shipped else document


def _require_administrator(wanted: Policy, by: Author) -> None:
    if not wanted.groups_with(Action.ADMINISTER):
        raise Invalid("No group could administer any more: somebody must be able to change the rights again.")
    if not rights.may(rights.entitled(by, wanted), Action.ADMINISTER):
        raise Invalid(
            "You could not administer any more yourself: let somebody else with the right make this change."
        )


def _require_sense(grant: Grant, workspaces: frozenset[str]) -> None:
    plain = grant.group.replace(ITS_WORKSPACE, "x", 1)
    if not _GROUP.fullmatch(plain):
        raise Invalid(f"“{grant.group[:80]}” is no name of a group.")
    if grant.group.lower().startswith(RESERVED) or grant.role is FIXED_ROLE:
        raise Invalid(f"{grant.group} as {grant.role} is the registry's own: nobody gives it.")
    if grant.role not in OF_ONE_WORKSPACE:
        if grant.workspace or ITS_WORKSPACE in grant.group:
            raise Invalid(f"A {grant.role} acts everywhere: {grant.group} needs no workspace.")
    elif (ITS_WORKSPACE in grant.group) == bool(grant.workspace):
        raise Invalid(
            f"{grant.group} as {grant.role}: say the workspace, or {ITS_WORKSPACE} in the group's name."
        )
    elif grant.workspace and grant.workspace not in workspaces:
        raise Invalid(f"“{grant.workspace[:60]}” is no workspace; {', '.join(sorted(workspaces))} are.")
