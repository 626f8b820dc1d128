"""What a policy of rights is: which group is which role, which role may do what; and the one that ships.

Source: the role × action matrix of the system in use, and its e-group names. A certifier and a workspace
administrator act in their own workspace only; every other role acts everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType


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
_MATRIX: Mapping[Action, frozenset[Role]] = MappingProxyType(
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
#: in the name of a group: the workspace in which it holds
ITS_WORKSPACE = "{workspace}"
#: what nobody edits: the registry's own voice
FIXED_ROLE, FIXED_ACTION = _R.IMPORTER, _A.INGEST
_SPELLING = MappingProxyType({"lum": "lumi", "muo": "muon", "jme": "jetmet"})
_SPELT = MappingProxyType({v: k for k, v in _SPELLING.items()})


@dataclass(frozen=True, order=True)
class Grant:
    """What a group makes of its members; a role of one workspace names it, or the group's name does."""

    group: str
    role: Role
    workspace: str = ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        head, its, tail = self.group.lower().partition(ITS_WORKSPACE)
        return re.compile(re.escape(head) + ("([a-z0-9]+)" if its else "") + re.escape(tail))

    def role_of(self, group: str) -> tuple[Role, str | None] | None:
        """Return the role that a group has by this, with its workspace, None where it holds everywhere."""
        found = self._pattern.fullmatch(group.lower())
        if not found:
            return None
        if self.role not in OF_ONE_WORKSPACE:
            return self.role, None
        named = found[1] if ITS_WORKSPACE in self.group else self.workspace
        return self.role, _SPELLING.get(named, named)

    def group_in(self, workspace: str | None) -> str | None:
        """Return the group that has the role in a workspace; None where this is about another one."""
        if self.role not in OF_ONE_WORKSPACE:
            return self.group
        if workspace is None or (self.workspace and self.workspace != workspace):
            return None
        return self.group.replace(ITS_WORKSPACE, _SPELT.get(workspace, workspace))


@dataclass(frozen=True, eq=False)
class Policy:
    """Who may do what: groups have roles, roles have actions. Two are the same where they are one object."""

    grants: tuple[Grant, ...]
    matrix: Mapping[Action, frozenset[Role]]

    def roles(self, groups: Iterable[str]) -> frozenset[tuple[Role, str | None]]:
        """Return the roles of groups, each with its workspace, or None where it holds everywhere."""
        return _roles(self, frozenset(groups))

    def may(self, groups: Iterable[str], action: Action, workspace: str | None) -> bool:
        """Tell whether a member of groups may act (in a workspace, where the action has one)."""
        return any(
            role in self.matrix[action]
            and (role not in OF_ONE_WORKSPACE or workspace is None or where == workspace)
            for role, where in self.roles(groups)
        )

    def groups_with(self, action: Action, workspace: str | None = None) -> list[str]:
        """Name the groups that have a right, those of the workspace first."""
        having = [grant for grant in self.grants if grant.role in self.matrix[action]]
        having.sort(key=lambda grant: grant.role not in OF_ONE_WORKSPACE)
        named = (grant.group_in(workspace) for grant in having)
        return list(dict.fromkeys(group for group in named if group))


@lru_cache(4096)
def _roles(policy: Policy, groups: frozenset[str]) -> frozenset[tuple[Role, str | None]]:
    # people are in hundreds of groups, and are asked about for every cell of a screen
    found = (grant.role_of(group) for group in groups for grant in policy.grants)
    return frozenset(each for each in found if each is not None)


_G = "cms-dqm-runregistry-"
#: what ships, as practised today
DEFAULT = Policy(
    (
        Grant(f"{_G}online-shifters", _R.SHIFTER),
        Grant("cms-shiftlist_shifters_dqm_p5", _R.SHIFTER),
        Grant("cms-dqm-oncall", _R.EXPERT),
        Grant(f"{_G}offline-{ITS_WORKSPACE}-certifiers", _R.CERTIFIER),
        Grant(f"{_G}offline-{ITS_WORKSPACE}-shifters", _R.CERTIFIER),
        Grant(f"{_G}admins-{ITS_WORKSPACE}", _R.WORKSPACE_ADMIN),
        Grant(f"{_G}data-certification", _R.DC),
        Grant(f"{_G}experts", _R.REGISTRY_EXPERT),
    ),
    _MATRIX,
)

#: what the registry gives itself: no document changes it, and nobody brings these groups from outside
OWN = Policy(
    (
        Grant("run-registry-importers", _R.IMPORTER),
        Grant("run-registry-programs", _R.PROGRAM),
        Grant("run-registry-operators", _R.REGISTRY_EXPERT),
    ),
    _MATRIX,
)
