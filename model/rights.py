"""Who may do what: rights are per action and workspace, never per URL.

Source: the role × action matrix of the system in use, and its e-group names. A certifier and a workspace
administrator act in their own workspace only; every other role acts everywhere.
"""

import re
from enum import StrEnum
from types import MappingProxyType

from model.authors import OPERATOR, Author
from model.errors import Forbidden


class Role(StrEnum):
    """What a group makes of its members."""

    SHIFTER = "online shifter"
    EXPERT = "on-call expert"
    CERTIFIER = "workspace certifier"
    WORKSPACE_ADMIN = "workspace administrator"
    DC = "data certification"
    REGISTRY_EXPERT = "run registry expert"
    IMPORTER = "importer"
    PROGRAM = "proposing program"


class Action(StrEnum):
    """What can be done."""

    MARK_SIGNIFICANT = "mark a run significant"
    EDIT_STOP_REASON = "edit a stop reason"
    HAND_OVER = "leave a note for the next shift"
    EDIT_CLASS = "edit a run's class"
    EDIT_ONLINE = "certify online lumisections"
    MOVE_RUN = "move a run forward"
    MOVE_RUN_BACK = "move a run back"
    EDIT_OFFLINE = "certify offline lumisections"
    MOVE_DATASET = "move a dataset in its workspace"
    MOVE_GLOBAL = "move a dataset in global"
    OVERRIDE_BITS = "override a DCS bit"
    EDIT_WORKSPACE_RULES = "edit the rules of a workspace"
    PROPOSE_CONFIGURATION = "propose class rules and accepted datasets"
    EDIT_CONFIGURATION = "edit class rules and accepted datasets"
    MAKE_GOLDEN = "make a golden JSON"
    MAKE_OFFICIAL = "make a golden JSON official"
    ADMINISTER = "administer workspaces and permissions"
    INGEST = "record what upstream reports"
    MANAGE_CYCLES = "manage cycles"
    HIDE_DATASET = "hide a dataset"
    DUPLICATE_DATASET = "duplicate a dataset"
    ANSWER_LATE_CHANGE = "answer a late change of upstream"
    ACKNOWLEDGE_FINDING = "acknowledge a finding"
    PROPOSE = "propose statuses for people to decide on"
    FREEZE_REPORT = "make a certification report"
    FREEZE_SHIFT_REPORT = "make a shift report"
    MAKE_SNAPSHOT = "make a snapshot of the tables"


_R, _A = Role, Action
_EVERYBODY_AT_WORK = frozenset({_R.SHIFTER, _R.EXPERT, _R.REGISTRY_EXPERT})
MATRIX: MappingProxyType[Action, frozenset[Role]] = MappingProxyType(
    {
        _A.MARK_SIGNIFICANT: _EVERYBODY_AT_WORK,
        _A.EDIT_STOP_REASON: _EVERYBODY_AT_WORK,
        _A.HAND_OVER: _EVERYBODY_AT_WORK,
        _A.EDIT_CLASS: frozenset({_R.EXPERT, _R.REGISTRY_EXPERT}),
        _A.EDIT_ONLINE: _EVERYBODY_AT_WORK,
        _A.MOVE_RUN: frozenset({_R.SHIFTER, _R.EXPERT, _R.DC, _R.REGISTRY_EXPERT}),
        _A.MOVE_RUN_BACK: frozenset({_R.EXPERT, _R.DC, _R.REGISTRY_EXPERT}),
        _A.EDIT_OFFLINE: frozenset({_R.CERTIFIER, _R.WORKSPACE_ADMIN, _R.DC, _R.REGISTRY_EXPERT}),
        _A.MOVE_DATASET: frozenset({_R.CERTIFIER, _R.WORKSPACE_ADMIN, _R.DC, _R.REGISTRY_EXPERT}),
        _A.MOVE_GLOBAL: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.OVERRIDE_BITS: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.EDIT_WORKSPACE_RULES: frozenset({_R.WORKSPACE_ADMIN, _R.REGISTRY_EXPERT}),
        _A.PROPOSE_CONFIGURATION: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.EDIT_CONFIGURATION: frozenset({_R.REGISTRY_EXPERT}),
        _A.MAKE_GOLDEN: frozenset({_R.CERTIFIER, _R.WORKSPACE_ADMIN, _R.DC, _R.REGISTRY_EXPERT}),
        _A.MAKE_OFFICIAL: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.ADMINISTER: frozenset({_R.REGISTRY_EXPERT}),
        _A.INGEST: frozenset({_R.IMPORTER}),
        _A.MANAGE_CYCLES: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.HIDE_DATASET: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.DUPLICATE_DATASET: frozenset({_R.DC, _R.REGISTRY_EXPERT}),
        _A.ANSWER_LATE_CHANGE: frozenset({_R.EXPERT, _R.DC, _R.REGISTRY_EXPERT}),
        _A.ACKNOWLEDGE_FINDING: frozenset(
            {_R.EXPERT, _R.CERTIFIER, _R.WORKSPACE_ADMIN, _R.DC, _R.REGISTRY_EXPERT}
        ),
        _A.PROPOSE: frozenset({_R.PROGRAM, _R.IMPORTER}),
        _A.FREEZE_REPORT: frozenset({_R.DC, _R.REGISTRY_EXPERT, _R.IMPORTER}),
        _A.FREEZE_SHIFT_REPORT: _EVERYBODY_AT_WORK | {_R.DC, _R.IMPORTER},
        _A.MAKE_SNAPSHOT: frozenset({_R.DC, _R.REGISTRY_EXPERT, _R.IMPORTER}),
    }
)

#: roles that hold in one workspace only
OF_ONE_WORKSPACE = frozenset({_R.CERTIFIER, _R.WORKSPACE_ADMIN})

_GROUP_ROLE = MappingProxyType(
    {
        "cms-dqm-runregistry-online-shifters": _R.SHIFTER,
        "cms-shiftlist_shifters_dqm_p5": _R.SHIFTER,
        "cms-dqm-oncall": _R.EXPERT,
        "cms-dqm-runregistry-data-certification": _R.DC,
        "cms-dqm-runregistry-experts": _R.REGISTRY_EXPERT,
        "run-registry-importers": _R.IMPORTER,
        "run-registry-programs": _R.PROGRAM,
        "run-registry-operators": _R.REGISTRY_EXPERT,
    }
)
#: groups of a workspace: certifiers, administrators
_OF_WORKSPACE = (
    (re.compile(r"cms-dqm-runregistry-offline-([a-z0-9]+)-(?:certifiers|shifters)"), _R.CERTIFIER),
    (re.compile(r"cms-dqm-runregistry-admins-([a-z0-9]+)"), _R.WORKSPACE_ADMIN),
)
_GROUP_SPELLING = MappingProxyType({"lum": "lumi", "muo": "muon", "jme": "jetmet"})


def roles_of(author: Author) -> frozenset[tuple[Role, str | None]]:
    """Return the author's roles, each with its workspace, or None where it holds everywhere."""
    found: set[tuple[Role, str | None]] = set()
    for group in author.groups:
        if group in _GROUP_ROLE:
            found.add((_GROUP_ROLE[group], None))
        for pattern, role in _OF_WORKSPACE:
            if match := pattern.fullmatch(group.lower()):
                found.add((role, _GROUP_SPELLING.get(match[1], match[1])))
    return frozenset(found)


def may(author: Author, action: Action, workspace: str | None = None) -> bool:
    """Tell whether the author may act (in a workspace, where the action has one)."""
    if (scope := author.scope) is not None:
        is_there = not scope.workspaces or workspace is None or workspace in scope.workspaces
        return is_there and action in scope.actions
    return any(
        role in MATRIX[action] and (role not in OF_ONE_WORKSPACE or workspace is None or where == workspace)
        for role, where in roles_of(author)
    )


def require(author: Author, action: Action, workspace: str | None = None) -> None:
    """Let through who may act.

    Raises:
        Forbidden: the author may not; the sentence names a group that has the right.
    """
    if may(author, action, workspace):
        return
    where = f" in {workspace}" if workspace else ""
    raise Forbidden(
        f"{author.full_name or author.name} may not {action}{where}: "
        f"{' or '.join(groups_with(action, workspace))} may."
    )


def groups_with(action: Action, workspace: str | None = None) -> list[str]:
    """Name the groups that have a right."""
    named = [g for g, role in _GROUP_ROLE.items() if role in MATRIX[action] and g not in OPERATOR.groups]
    if workspace and Role.CERTIFIER in MATRIX[action]:
        spelling = {v: k for k, v in _GROUP_SPELLING.items()}.get(workspace, workspace)
        named.insert(0, f"cms-dqm-runregistry-offline-{spelling}-certifiers")
    if workspace and Role.WORKSPACE_ADMIN in MATRIX[action] and Role.CERTIFIER not in MATRIX[action]:
        named.insert(0, f"cms-dqm-runregistry-admins-{workspace}")
    return named
