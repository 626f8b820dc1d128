"""Who may do what, against the matrix as practised (Appendix B), typed in by hand."""

import pytest

from model import rights
from model.authors import Author
from model.errors import Forbidden
from model.rights import Action
from tests.model import world

_G = "cms-dqm-runregistry-"
GROUPS = {
    "shifter": f"{_G}online-shifters",
    "on-call": "cms-dqm-oncall",
    "certifier": f"{_G}offline-tracker-certifiers",
    "admin": f"{_G}admins-tracker",
    "dc": f"{_G}data-certification",
    "expert": f"{_G}experts",
    "nobody": "zh",
}
# shifter, on-call, certifier, admin, dc, expert
TABLE = """
mark a run significant                       Y Y . . . Y
edit a stop reason                           Y Y . . . Y
leave a note for the next shift              Y Y . . . Y
edit a run's class                           . Y . . . Y
certify online lumisections                  Y Y . . . Y
move a run forward                           Y Y . . Y Y
move a run back                              . Y . . Y Y
certify offline lumisections                 . . Y Y Y Y
move a dataset in its workspace              . . Y Y Y Y
move a dataset in global                     . . . . Y Y
override a DCS bit                           . . . . Y Y
edit the rules of a workspace                . . . Y . Y
propose class rules and accepted datasets    . . . . Y Y
edit class rules and accepted datasets       . . . . . Y
make a golden JSON                           . . Y Y Y Y
make a golden JSON official                  . . . . Y Y
administer workspaces and permissions        . . . . . Y
record what upstream reports                 . . . . . .
manage cycles                                . . . . Y Y
hide a dataset                               . . . . Y Y
duplicate a dataset                          . . . . Y Y
answer a late change of upstream            . Y . . Y Y
acknowledge a finding                        . Y Y Y Y Y
propose statuses for people to decide on     . . . . . .
make a certification report                  . . . . Y Y
make a shift report                          Y Y . . Y Y
make a snapshot of the tables                . . . . Y Y
"""
ROWS = [(line[:44].strip(), line[44:].split()) for line in TABLE.strip().splitlines()]
CELLS = [
    (action, role, cell == "Y")
    for action, cells in ROWS
    for role, cell in zip(GROUPS, [*cells, "."], strict=True)
]


def _author(role: str) -> Author:
    return Author(role, True, frozenset({GROUPS[role]}), role.title())


def test_every_action_stands_in_the_table() -> None:
    assert [Action(name) for name, _ in ROWS] == list(Action)


@pytest.mark.parametrize(("action", "role", "allowed"), CELLS)
def test_a_role_may_do_what_the_table_says(action: str, role: str, *, allowed: bool) -> None:
    """Trap 15: in its own workspace; another one is closed to certifiers and administrators."""
    author, asked = _author(role), Action(action)
    assert rights.may(author, asked, "tracker") is allowed
    of_one = role in ("certifier", "admin")
    assert rights.may(author, asked, "gem") is (allowed and not of_one)
    if not allowed:
        with pytest.raises(Forbidden) as refused:
            rights.require(author, asked, "tracker")
        assert action in str(refused.value)
        assert any(group in str(refused.value) for group in ("cms-dqm", "run-registry-importers"))


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.INGEST])
def test_the_group_a_refusal_names_has_the_right(action: Action) -> None:
    for workspace in ("tracker", "muon", "jetmet", "lumi", "gem"):
        for group in rights.groups_with(world.READER, action, workspace):
            assert rights.may(Author("x", True, frozenset({group})), action, workspace), group


def test_only_an_importer_records_what_upstream_reports() -> None:
    importer = Author("ingest", False, frozenset({"run-registry-importers"}))
    made_by_schedule = [Action.FREEZE_REPORT, Action.FREEZE_SHIFT_REPORT, Action.MAKE_SNAPSHOT]
    theirs = [Action.INGEST, Action.PROPOSE, *made_by_schedule]
    assert [a for a in Action if rights.may(importer, a, "tracker")] == theirs


def test_an_outside_program_proposes_and_does_nothing_else() -> None:
    program = Author("anomalies", False, frozenset({"run-registry-programs"}))
    assert [a for a in Action if rights.may(program, a, "tracker")] == [Action.PROPOSE]
