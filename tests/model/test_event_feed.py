"""Programs are told every event in order, once, and nothing that is somebody's own."""

import ast
import importlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import events
from model.commands import views
from model.errors import Invalid, NotFound
from model.journal import entries
from model.queries import event_feed, event_kinds
from model.queries.event_feed import OPEN_DOCUMENTS, Choice, kinds_of, one, piece
from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN

ROOT = Path(__file__).parents[2]


@pytest.fixture
def told(registry: Registry) -> Registry:
    """Tell two runs, datasets, and verdicts of a person and of a rule."""
    for number in (RUN, RUN + 1):
        world.report_run(registry, number)
        world.create_dataset(registry, run_number=number)
    world.create_dataset(registry, EXPRESS)
    world.give(registry, world.TRACKER, "tracker-pixel", [(1, 5)], "BAD", "HV trip", "layer 1")
    world.rule_says(registry, "dt-dt", [(1, 10)], "GOOD", dataset=EXPRESS)
    return registry


def _read(registry: Registry, choice: Choice | None = None, after: int = 0, limit: int = 1_000) -> list[Any]:
    with registry.reading() as connection:
        found = piece(connection, choice or Choice(), after, limit)
    return json.loads(found.page())["events"]  # type: ignore[no-any-return]  # the page is ours


def test_each_event_is_told_with_what_the_journal_says_of_it(told: Registry) -> None:
    with told.reading() as connection:
        kept = list(entries(connection))
    said = _read(told)
    assert [each["sequence"] for each in said] == [e.sequence for e in kept] == list(range(1, len(kept) + 1))
    for e, each in zip(kept, said, strict=True):
        assert (each["kind"], each["author"], each["run_number"]) == (e.event.kind, e.author, e.run_number)
        assert each["payload"] == json.loads(json.dumps(dict(e.event.payload())))
    (verdict,) = [each for each in said if each["author"] == "t.certifier"]
    assert (verdict["dataset"], verdict["workspaces"]) == (PROMPT, ["tracker"])
    assert verdict["recorded_at"] == verdict["happened_at"]
    assert datetime.fromisoformat(verdict["recorded_at"]) == kept[verdict["sequence"] - 1].recorded_at


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (Choice(kinds_of("dataset-created, run-reported")), {"dataset-created", "run-reported"}),
        (Choice(author="t.certifier"), {"verdicts-given"}),
        (Choice(dataset=EXPRESS), {"dataset-created", "verdicts-given"}),
        (Choice(workspace="dt"), {"verdicts-given"}),
        (Choice(workspace="csc"), set()),
    ],
)
def test_only_what_is_wanted_is_told(told: Registry, choice: Choice, wanted: set[str]) -> None:
    assert {each["kind"] for each in _read(told, choice)} == wanted


def test_a_run_is_told_alone(told: Registry) -> None:
    said = _read(told, Choice(run_number=RUN + 1))
    assert said and said == [each for each in _read(told) if each["run_number"] == RUN + 1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(limit=st.integers(1, 9), span=st.integers(1, 30), size=st.integers(1, 3_000))
def test_pieces_put_together_are_all_of_it_once(told: Registry, limit: int, span: int, size: int) -> None:
    choice = Choice(kinds_of("dataset-created,verdicts-given"))
    whole, found, at = _read(told, choice), [], 0
    with pytest.MonkeyPatch.context() as patch, told.reading() as connection:
        patch.setattr(event_feed, "_SPAN", span)
        patch.setattr(event_feed, "_BYTES", size)
        while True:
            part = piece(connection, choice, at, limit)
            assert len(part.events) <= limit
            found += [json.loads(line) for _, line in part.events]
            at = part.next
            if not part.has_more:
                break
    assert found == whole


def test_a_place_that_is_not_there_yet_is_refused(told: Registry) -> None:
    head = world.now(told)
    with told.reading() as connection:
        assert piece(connection, Choice(), head, 10).events == ()
        with pytest.raises(NotFound, match=f"it is at {head}"):
            piece(connection, Choice(), head + 1, 10)
        with pytest.raises(NotFound, match="no sequence 0"):
            one(connection, 0)


def test_a_kind_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(Invalid, match="“runs” is no kind of event; they are bits-overridden"):
        kinds_of("run-reported,runs")


def test_a_view_of_ones_own_is_told_without_its_words_and_a_shared_one_with_them(told: Registry) -> None:
    for name, is_shared in (("mine", False), ("ours", True)):
        with told.writing() as tx:
            views.save_view(tx, name, "/runs", {"sort": "run-desc"}, world.SHIFTER, is_shared=is_shared)
    with told.writing() as tx:
        views.remove_view(tx, world.SHIFTER.name, "mine", world.SHIFTER)
    own, shared, removed = [each["payload"] for each in _read(told, Choice(kinds_of("document-set")))]
    assert own == removed == {"category": "view", "name": "", "document": None}
    assert shared["document"]["name"] == "ours"


def test_every_category_of_documents_was_thought_about() -> None:
    """What a command keeps is told in full, or is known to be somebody's own."""
    categories = set()
    for path in sorted((ROOT / "model" / "commands").glob("*.py")):
        module = importlib.import_module(f"model.commands.{path.stem}")
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DocumentSet":
                word = node.args[0]
                said = (
                    word.value if isinstance(word, ast.Constant) else getattr(module, ast.unparse(word), None)
                )
                categories |= {said} if said else set(module.CATEGORIES)
    assert categories == OPEN_DOCUMENTS | {"view", "token", "training"}


def test_every_kind_says_what_it_is_and_what_its_fields_are() -> None:
    found = event_kinds.kinds()
    assert {each.name for each in found} == set(events.KINDS)
    assert all(each.says.endswith(".") and "(" not in each.says[:1] and each.fields for each in found)


def test_the_documentation_lists_the_kinds_as_they_are() -> None:
    """Where it does not: `flask --app app events kinds` writes the list."""
    said = (ROOT / "docs" / "events.md").read_text()
    assert said.partition("## Kinds\n\n")[2] == event_kinds.markdown()
