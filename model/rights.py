"""Who may do what: rights are per action and workspace, never per URL.

Whoever asks at a door brings the policy that holds (`model.queries.rights`); the registry's own authors have
the one that ships.
"""

from dataclasses import replace

from model.authors import Author
from model.errors import Forbidden
from model.policy import DEFAULT, OWN, Action, Policy, Role

__all__ = ["Action", "Role", "entitled", "groups_with", "may", "require"]


def entitled(author: Author, policy: Policy) -> Author:
    """Return the author with what a policy makes of the groups."""
    return replace(author, policy=policy)


def may(author: Author, action: Action, workspace: str | None = None) -> bool:
    """Tell whether the author may act (in a workspace, where the action has one)."""
    if (scope := author.scope) is not None:
        is_there = not scope.workspaces or workspace is None or workspace in scope.workspaces
        return is_there and action in scope.actions
    return any(each.may(author.groups, action, workspace) for each in (_policy(author), OWN))


def require(author: Author, action: Action, workspace: str | None = None) -> None:
    """Let through who may act.

    Raises:
        Forbidden: the author may not; the sentence names a group that has the right.
    """
    if sentence := why_not(author, action, workspace):
        raise Forbidden(sentence, author, action, workspace or "")


def why_not(author: Author, action: Action, workspace: str | None = None) -> str:
    """Return the sentence that an author may not act, with the groups that may; empty where they may."""
    if may(author, action, workspace):
        return ""
    where = f" in {workspace}" if workspace else ""
    having = groups_with(author, action, workspace)
    return f"{author.full_name or author.name} may not {action}{where}: {' or '.join(having) or 'nobody'} may."


def groups_with(author: Author, action: Action, workspace: str | None = None) -> list[str]:
    """Name the groups that have a right, as the author is told."""
    own = [] if action not in (Action.INGEST, Action.PROPOSE) else OWN.groups_with(action, workspace)
    return [*_policy(author).groups_with(action, workspace), *own]


def _policy(author: Author) -> Policy:
    return author.policy or DEFAULT
