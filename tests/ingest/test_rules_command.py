"""Rules read on the command line: reported one by one, kept as drafts, refused with file and line."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

import settings
from identity.local import user
from ingest import __main__ as cli
from ingest.rules.drafts import Draft, drafts
from ingest.rules.legacy import read
from model import journal
from model.commands.rule_drafts import draft_rule
from model.db import Database
from model.queries import documents
from model.queries.rules import drafts as open_drafts
from model.rulebook.texts import Purpose, RuleText
from rules.syntax import parse

LEGACY = Path(__file__).parents[1] / "data" / "rules" / "legacy"
BY = ["--by", "d.coordinator"]
EXPERT = ["--by", "b.expert"]
GEM = {
    "if": [
        {"and": [{"==": [{"var": "gem_included"}, True]}, {"==": [{"var": "gemp_ready"}, True]}]},
        True,
        False,
    ]
}


@pytest.fixture
def here(database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Database:
    """Let the command line write into a fresh database, and hear all it says."""
    caplog.set_level(logging.INFO, "ingest")
    monkeypatch.setattr(cli, "settings", lambda: settings.Settings(database_url=database.url))
    return database


def _sequence(database: Database) -> int:
    with database.reading() as connection:
        return journal.verify(connection).sequence


def _kept(database: Database) -> dict[str, Any]:
    with database.reading() as connection:
        return documents.documents(connection, "rule-draft")


def _one(row: dict[str, Any], source: str = "row.json") -> Draft:
    (draft,) = drafts(read(json.dumps(row)), source)
    return draft


def _row(stage: str, status: str = "GOOD") -> dict[str, Any]:
    column = {"id": 12, "name": "gem", "Workspace": {"workspace": "gem", "online_or_offline": stage}}
    classifier = json.dumps(GEM)
    return {
        "status": status,
        "classifier": classifier,
        "priority": 2,
        "enabled": False,
        "WorkspaceColumn": column,
    }


def test_a_dry_run_says_what_would_become_of_each_rule_and_writes_nothing(
    here: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = _sequence(here)
    assert (
        cli.main(
            ["rules", "--dry-run", str(LEGACY / "verbatim_comment.txt"), str(LEGACY / "verbatim_title.txt")]
        )
        == 0
    )
    assert _sequence(here) == before
    said = caplog.messages
    assert "verbatim_comment.txt:1: verbatim_comment (logic, golden): 55 names mapped, 0 not" in said
    assert "  verbatim_comment.txt:4: the comment '// prettier-ignore' was left out" in said
    assert sum("error in-reversed" in each for each in said) == 2
    assert said[-1] == "2 rules read; nothing was written."


def test_all_documents_become_drafts_and_reading_them_again_changes_nothing(here: Database) -> None:
    files = sorted(str(path) for path in LEGACY.glob("*.json"))
    assert cli.main(["rules", *BY, *files]) == 0
    kept = _kept(here)
    assert len(kept) == 66
    assert {(each["state"], each["by"]) for each in kept.values()} == {("draft", "d.coordinator")}
    golden = kept["dcsonly_collisions23"]
    assert (golden["null_policy"], golden["datasets"]) == ("bad", "/Express/Collisions2023/DQM")
    old = kept["runreg_7tevcollisions11rereconov08"]
    assert old["null_policy"] == "good"
    assert "Without counterpart: tracker.status" in old["description"]
    before = _sequence(here)
    assert cli.main(["rules", *BY, *files]) == 0
    assert _sequence(here) == before


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{"and": [\n{"==": [1, 1]},\n{"nd": [1]}]}', 3, 'no operator called "nd"'),
        ('{"logic": {"and": [true]},\n"logic": {"and": [true]}}', 2, "expected each key once"),
        (json.dumps({**_row("online"), "status": "SOSO"}), 1, "a status as its value"),
        (json.dumps({**_row("online"), "priority": 99999}), 1, "priority"),
        (json.dumps({**_row("online"), "enabled": "yes"}), 1, "enabled"),
        ("", 0, "0 bytes"),
        ("\0", 1, "NUL"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_nothing_of_the_others_is_kept(
    here: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, line: int, words: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(text, encoding="utf-8")
    before = _sequence(here)
    assert cli.main(["rules", *EXPERT, str(LEGACY / "verbatim_title.txt"), str(bad)]) == 2
    assert _sequence(here) == before
    assert caplog.messages[-1].startswith(f"bad.json:{line}: ")
    assert words in caplog.messages[-1]


def test_who_may_not_draft_is_told_who_may(here: Database, caplog: pytest.LogCaptureFixture) -> None:
    before = _sequence(here)
    assert cli.main(["rules", "--by", "r.reader", str(LEGACY / "verbatim_title.txt")]) == 2
    assert "may not make a golden JSON" in caplog.messages[-1]
    assert cli.main(["rules", "--by", "nobody", str(LEGACY / "verbatim_title.txt")]) == 2
    assert "nobody is no local user" in caplog.messages[-1]
    assert _sequence(here) == before


def test_an_open_draft_of_somebody_else_stays_as_it_is(
    here: Database, caplog: pytest.LogCaptureFixture
) -> None:
    author = user("b.expert")
    assert author is not None
    with journal.writing(here) as tx:
        mine = RuleText({"==": [{"var": "run.rr.class"}, "Collisions24"]}, "bad", "mine")
        draft_rule(tx, "verbatim_title", mine, author, seen=tx.head.sequence)
    files = [str(LEGACY / name) for name in ("verbatim_title.txt", "verbatim_comment.txt")]
    assert cli.main(["rules", *BY, *files]) == 1
    assert "verbatim_title: b.expert has an open draft of that name; it was left as it is." in caplog.messages
    with here.reading() as connection:
        assert open_drafts(connection).keys() == {"verbatim_comment", "verbatim_title"}
    assert _kept(here)["verbatim_title"]["description"] == "mine"


def test_a_declared_convention_holds_for_every_rule(
    here: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(GEM))
    assert cli.main(["rules", "--dry-run", "--convention", "flat-run", str(path)]) == 0
    assert "flat.json:1: flat (logic, flat-run): 2 names mapped, 0 not" in caplog.messages
    assert any("any lumisection" in each for each in caplog.messages)


def test_column_rules_get_their_column_status_and_priority() -> None:
    online, offline = _one(_row("online")), _one(_row("offline"))
    assert (online.name, offline.name) == ("online-gem-gem-good", "offline-gem-gem-good")
    text = online.text
    assert (text.purpose, text.target, text.value) == (Purpose.ONLINE_VERDICT, "gem-gem", "GOOD")
    assert (text.priority, text.enabled, text.null_policy) == (2, False, "bad")
    assert offline.text.purpose == Purpose.OFFLINE_DEFAULT
    assert parse(text.logic).variables == {"run.oms.gem_included", "lumisection.oms.gemp_ready"}
    # the offline rule speaks in flat names, which its own context does not have
    assert [part.name for part in offline.unmapped] == ["gem_included", "gemp_ready"]


def test_class_and_significance_rules_are_told_apart_and_keep_what_they_ask() -> None:
    row = {"class": "Collisions24", "classifier": {">": [{"var": "energy"}, 6000]}, "enabled": True}
    significance, of_class = _one(row), _one({**row, "priority": 4})
    assert (of_class.text.purpose, of_class.text.target, of_class.text.value) == (
        "class",
        "class",
        "Collisions24",
    )
    assert (significance.text.purpose, significance.text.value) == ("significance", "true")
    assert significance.text.logic == {
        "and": [{"==": [{"var": "run.rr.class"}, "Collisions24"]}, {">": [{"var": "run.oms.energy"}, 6000]}]
    }


def test_a_workspace_rule_decides_between_open_and_not_significant() -> None:
    row = {"workspace": "btag", "classifier": {"==": [{"var": "Run.rr_attributes.class"}, "Collisions24"]}}
    opened, closed = drafts(read(json.dumps(row)), "row.json")
    assert (opened.text.value, closed.text.value) == ("OPEN", "not significant for workspace")
    assert closed.text.logic == {"!": [opened.text.logic]}


def test_a_filter_that_is_no_pattern_here_is_listed() -> None:
    stored = {"json_logic": {"and": [True]}, "dataset_name_filter": "/(Express|PromptReco)/%/DQM"}
    draft = _one(stored)
    assert draft.text.datasets == "%"
    assert [(part.pointer, part.name) for part in draft.unmapped] == [
        ("/dataset_name_filter", "/(Express|PromptReco)/%/DQM")
    ]
    assert _one({**stored, "dataset_name_filter": "/PromptReco/Collisions2024_/DQM"}).text.datasets.endswith(
        "_/DQM"
    )


def test_equal_names_are_numbered(here: Database, tmp_path: Path) -> None:
    path = tmp_path / "May call.json"
    path.write_text(json.dumps([{"and": [True, False]}, {"or": [True, False]}]))
    assert cli.main(["rules", *BY, str(path)]) == 0
    assert _kept(here).keys() == {"may-call", "may-call-2"}


def test_rules_that_have_changed_decide_open_runs_again(
    here: Database, caplog: pytest.LogCaptureFixture
) -> None:
    assert cli.main(["working-set"]) == 0
    assert cli.main(["decide-again", "online-dt-dt-good", "golden-2024"]) == 0
    assert "online-dt-dt-good: No open run asks it." in caplog.messages
    assert cli.main(["decide-again", "nobody"]) == 2
    assert "There is no rule nobody" in caplog.text
