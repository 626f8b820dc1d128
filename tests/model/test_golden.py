"""Golden JSON: policies, canonical bytes, the shared cache, and what it was lost to."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cachelib import FileSystemCache

from model import journal
from model.authors import IMPORTER
from model.cache import Cache, PlainBytes
from model.commands.cycles import create_cycle
from model.commands.rules import set_rule
from model.commands.upstream import Luminosity, override_bits, report_luminosity
from model.errors import Ambiguous, Forbidden, Invalid, NotFound
from model.golden import lists
from model.golden.choice import Within
from model.golden.golden import Golden, GoldenRoom, Question
from model.golden.manifest import manifest
from model.ranges import canonical
from model.registry import Registry
from model.rulebook.book import given_rule, rule_version, rulebook
from model.rulebook.texts import RuleText
from model.spans import spans
from rules.variant import Variation, parts
from tests.model import world
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, READER, RUN, TRACKER, create_dataset, give
from tests.provision.stories import once

PIXEL = "tracker-pixel"
STATUS = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}
BIT = {"==": [{"var": "lumisection.oms.bpix_ready"}, True]}


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell: lumisections 1–3 and 5–10; the bit true to 6, false to 8, unknown after; prompt GOOD but 2."""
    bits = {"bpix_ready": [(1, 3, True), (5, 6, True), (7, 8, False)]}
    world.report_run(registry, lumisections=[(1, 3), (5, 10)], bits=bits)
    create_dataset(registry)
    create_dataset(registry, EXPRESS)
    give(registry, TRACKER, PIXEL, [(1, 10)], "GOOD")
    give(registry, TRACKER, PIXEL, [(2, 2)], "BAD")
    give(registry, TRACKER, PIXEL, [(2, 6)], "GOOD", dataset=EXPRESS)
    return registry


def _ask(registry: Registry, logic: Any = STATUS, null: str = "bad", **words: Any) -> Golden:
    room = words.pop("room", registry.golden)
    with registry.reading() as connection:
        question = {"pattern": PROMPT, "at": world.sequence_of(connection), **words}
        found: Golden = room.golden(connection, Question(given_rule(logic, null), **question))
        return found


def _spans(golden: Golden) -> list[tuple[int, int]]:
    return [tuple(span) for span in golden.lists.get(RUN, ())]


def test_holes_are_never_selected_and_never_joined_over(told: Registry) -> None:
    assert _spans(_ask(told)) == [(1, 1), (3, 3), (5, 10)]
    assert _ask(told).recorded_invpb == pytest.approx(0.8)
    assert _ask(told).considered == 9


@pytest.mark.parametrize(
    ("null", "selected", "unknown"),
    [
        ("bad", [(1, 1), (3, 3), (5, 6)], 0),
        ("good", [(1, 1), (3, 3), (5, 6), (9, 10)], 0),
        ("unknown", [(1, 1), (3, 3), (5, 6)], 2),
    ],
)
def test_a_missing_bit_counts_as_the_rules_policy_says(
    told: Registry, null: str, selected: list[tuple[int, int]], unknown: int
) -> None:
    """Trap 20: both what v3 and what v4 did can be had."""
    found = _ask(told, {"and": [BIT, STATUS]}, null)
    assert (_spans(found), found.unknown) == (selected, unknown)


@pytest.mark.parametrize(
    ("several", "selected"),
    [("union", [(1, 3), (5, 10)]), ("intersection", [(3, 3), (5, 6)])],
)
def test_several_datasets_of_a_run_are_joined_as_asked(
    told: Registry, several: str, selected: list[tuple[int, int]]
) -> None:
    """Trap 19."""
    assert _spans(_ask(told, pattern="/%", several=several)) == selected


def test_several_datasets_of_a_run_are_refused_unless_a_policy_is_given(told: Registry) -> None:
    with pytest.raises(Ambiguous, match=f"both {EXPRESS} and {PROMPT}"):
        _ask(told, pattern="/%")
    with pytest.raises(Invalid, match="“both” is no policy"):
        _ask(told, several="both")
    with pytest.raises(NotFound, match="No dataset is named"):
        _ask(told, pattern="/ReReco/%")
    with pytest.raises(Invalid, match="1 to 200 characters"):
        _ask(told, pattern=" ")


def test_a_hidden_dataset_is_no_second_one(told: Registry) -> None:
    create_dataset(told, EXPRESS, hidden=True)
    assert _spans(_ask(told, pattern="/%")) == [(1, 1), (3, 3), (5, 10)]


def test_an_override_counts_in_its_dataset_only(told: Registry) -> None:
    with told.writing() as tx:
        override_bits(tx, RUN, PROMPT, {"bpix_ready": [(7, 10, True)]}, DC, comment="seen in data")
    assert _spans(_ask(told, BIT)) == [(1, 3), (5, 10)]
    assert _spans(_ask(told, BIT, pattern=EXPRESS)) == [(1, 3), (5, 6)]


def test_the_canonical_bytes_are_one_line_runs_ascending_as_integers() -> None:
    found = {1000001: canonical([(5, 6), (1, 2), (3, 3)]), 380001: canonical([(1, 1)]), 380002: ()}
    assert lists.to_bytes(found) == b'{"380001": [[1, 1]], "1000001": [[1, 3], [5, 6]]}\n'
    assert json.loads(lists.to_bytes({})) == {}


def test_the_manifest_names_all_it_takes_to_make_the_same_bytes_again(told: Registry) -> None:
    with told.writing() as tx:
        set_rule(tx, "golden", RuleText(STATUS, "bad", "what is good"), EXPERT)
    with told.reading() as connection:
        at = world.sequence_of(connection)
        question = Question(rule_version(connection, "golden", at), PROMPT, at)
        place = journal.head(connection).hash
        before = manifest(question, told.golden.golden(connection, question), place)
    give(told, TRACKER, PIXEL, [(5, 10)], "BAD")
    with told.writing() as tx:
        set_rule(tx, "golden", RuleText(BIT, "good", "another"), EXPERT)
    with told.reading() as connection:
        room, then = GoldenRoom(Cache()), before["sequence"]
        again = Question(rule_version(connection, "golden", then), before["dataset"], then)
        assert manifest(again, room.golden(connection, again), place) == before
        assert rule_version(connection, "golden", world.sequence_of(connection)).version == 2
    assert before["rule"]["version"] == 1
    assert before["journal_hash"] == place.hex()
    assert before["luminosity_source"] == "OMS"


def test_losses_account_for_every_inverse_picobarn(told: Registry) -> None:
    found = _ask(told, {"and": [BIT, STATUS]})
    lost = sum(loss.sequential_invpb for loss in found.losses)
    assert found.considered_invpb == pytest.approx(0.9)
    assert lost + found.recorded_invpb == pytest.approx(found.considered_invpb)
    bit, status = found.losses
    assert (bit.lumisections, bit.inclusive_invpb) == (4, pytest.approx(0.4))
    assert (status.lumisections, status.exclusive_invpb) == (1, pytest.approx(0.1))


@pytest.mark.parametrize(
    ("logic", "sentence"),
    [
        ({"==": [{"var": "lumisection.rr.tracker-pixl"}, "GOOD"]}, r"did you mean .*tracker-pixel"),
        ({"==": [{"var": "lumisection.oms.bpix_redy"}, True]}, r"did you mean .*bpix_ready"),
        ({"nand": [1, 2]}, "cannot be read"),
    ],
)
def test_an_unknown_name_in_a_rule_is_an_error_never_false(told: Registry, logic: Any, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        _ask(told, logic)


def test_a_rule_is_kept_by_who_may_and_with_a_policy_that_exists(told: Registry) -> None:
    for text, by, refusal in (
        (RuleText(STATUS, "maybe", ""), EXPERT, Invalid),
        (RuleText(STATUS, "bad", ""), READER, Forbidden),
    ):
        with pytest.raises(refusal), told.writing() as tx:
            set_rule(tx, "golden", text, by)
    with told.reading() as connection, pytest.raises(NotFound, match="no rule golden"):
        rule_version(connection, "golden", world.sequence_of(connection))


def _file_cache(folder: Path) -> Cache:
    backend = FileSystemCache(str(folder), threshold=100, default_timeout=0)
    backend.serializer = PlainBytes()
    return Cache(backend)


def test_another_worker_with_the_same_cache_need_not_evaluate(told: Registry, tmp_path: Path) -> None:
    one, other = (GoldenRoom(_file_cache(tmp_path / "cache")) for _ in range(2))
    first = _ask(told, room=one)
    assert (_ask(told, room=other), one.hits, other.hits) == (first, 0, 1)
    create_dataset(told, run_number=RUN, name="/ReReco/Collisions2024/DQM")
    assert _ask(told, room=other) == first
    assert other.hits == 1


def _corrupt(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.mark.parametrize(
    "spoil",
    [Path.unlink, _corrupt, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"x" * 400)],
    ids=["deleted", "one bit", "empty", "rubbish"],
)
def test_a_spoiled_cache_changes_no_answer(
    told: Registry, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    folder = tmp_path / "cache"
    first = _ask(told, room=GoldenRoom(_file_cache(folder)))
    for path in folder.iterdir():
        if path.is_file():
            spoil(path)
    room = GoldenRoom(_file_cache(folder))
    assert (_ask(told, room=room), room.hits) == (first, 0)


@pytest.mark.parametrize(
    "clause", [BIT, {"!": [{"==": [BIT["=="][0], False]}]}, {"!=": [BIT["=="][0], False]}, BIT["=="][0]]
)
def test_trap_20_null_bits_are_good_as_in_v3_or_bad_as_in_v4_and_either_list_comes_again(
    told: Registry, clause: Any
) -> None:
    # what the data of `told` say: every prompt lumisection is GOOD but 2
    bits = dict.fromkeys((1, 3, 5, 6), True) | dict.fromkeys((7, 8), False) | dict.fromkeys((9, 10), None)
    strict = clause != BIT and clause != BIT["=="][0]
    v3 = [number for number, bit in bits.items() if bit is not False]
    # JsonLogic itself, which v4 used, lets null pass where a rule only asks that a bit be not false
    v4 = [number for number, bit in bits.items() if bit or (strict and bit is None)]
    kept = {}
    for name, null in (("as-v3", "good"), ("as-v4", "bad")):
        with told.writing() as tx:
            set_rule(tx, name, RuleText({"and": [STATUS, clause]}, null, "what is good"), EXPERT)
    for name, numbers in (("as-v3", v3), ("as-v4", v4)):
        kept[name] = _manifest(told, name)
        assert kept[name][1] == {str(RUN): [list(span) for span in canonical((n, n) for n in numbers)]}
    assert [kept[name][0]["null_policy"] for name in kept] == ["good", "bad"]
    give(told, TRACKER, PIXEL, [(1, 1)], "BAD")
    for name, (before, selected) in kept.items():
        assert _manifest(told, name)[0]["sha256"] != before["sha256"]
        assert _manifest(told, name, before["sequence"]) == (before, selected)


def _manifest(registry: Registry, name: str, at: int | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        question = Question(rule_version(connection, name, at), PROMPT, at)
        found = registry.golden.golden(connection, question)
        return manifest(question, found, journal.hash_at(connection, at)), json.loads(found.body)


def test_a_list_is_made_within_a_class_an_era_runs_or_a_cycle(told: Registry) -> None:
    assert _spans(_ask(told, within=Within(runs=((RUN - 5, RUN), (1, 2))))) == [(1, 1), (3, 3), (5, 10)]
    refused = [
        (Within(run_class="Cosmics24"), "run class Cosmics24"),
        (Within(era="2018D"), "era 2018D"),
        (Within(runs=((1, RUN - 1),)), f"runs 1–{RUN - 1}"),
        (Within(cycle="none"), "There is no cycle none"),
    ]
    for within, says in refused:
        with pytest.raises(NotFound, match=says):
            _ask(told, within=within)
    with told.writing() as tx:
        create_cycle(tx, "week 1", "2024-06-01", [(RUN, EXPRESS)], DC)
    assert _spans(_ask(told, pattern="%", within=Within(cycle="week 1"))) == [(2, 3), (5, 6)]


def test_runs_are_read_as_a_person_writes_them() -> None:
    assert spans(" 380649, 381000-381594,") == ((380649, 380649), (381000, 381594))
    for words, says in {"x": "no range", "5-3": "reversed", ",".join(["1"] * 501): "At most 500"}.items():
        with pytest.raises(Invalid, match=says):
            spans(words)


def test_what_is_left_open_is_no_clauses_loss(told: Registry) -> None:
    golden = _ask(told, {"and": [BIT, STATUS]}, "unknown")
    bit, status = golden.losses
    lost = golden.considered_invpb - golden.recorded_invpb
    assert golden.unknown == 2
    assert golden.unknown_invpb == pytest.approx(0.2)
    assert bit.exclusive_invpb + status.exclusive_invpb + golden.mixed_invpb == pytest.approx(lost - 0.2)
    assert bit.sequential_invpb + status.sequential_invpb == pytest.approx(lost - 0.2)


def test_a_rule_without_one_of_its_clauses_selects_more_and_is_no_kept_version(told: Registry) -> None:
    with told.writing() as tx:
        set_rule(tx, "bit-and-status", RuleText({"and": [BIT, STATUS]}, "bad", ""), EXPERT)
    with told.reading() as connection:
        at = world.sequence_of(connection)
        book = rulebook(connection, at)
        kept = book.version("bit-and-status")
        off = Variation(frozenset({parts(kept.rule)[0].key}))
        assert book.varied(kept, Variation()) is kept
        loose = book.varied(kept, off)
        assert (loose.name, loose.version) == ("bit-and-status", 0)
        reads = kept.plan.rule.variables
        wide = told.golden.golden(connection, Question(loose, PROMPT, at, reads=reads))
        assert _spans(wide) == _spans(_ask(told))
        assert wide.lumisections > told.golden.golden(connection, Question(kept, PROMPT, at)).lumisections


def test_a_list_of_low_pileup_reads_the_measured_number(told: Registry) -> None:
    logic = {"<": [0, {"var": "lumisection.oms.pileup"}, 20]}
    assert _spans(_ask(told, logic)) == []
    assert _ask(told, logic, "good").unknown == 9
    pileup = np.array([30, 19.96, 19.94, 5, 5, 5, 40, 5])
    recorded = np.full(8, 0.1)
    with told.writing() as tx:
        report_luminosity(tx, RUN, Luminosity("OMS", recorded, recorded, pileup), IMPORTER)
    assert _spans(_ask(told, logic)) == [(3, 3), (5, 6), (8, 8)]
    asked = _ask(told, {"and": [STATUS, logic]}, "good")
    assert (_spans(asked), asked.unknown) == ([(3, 3), (5, 6), (8, 8)], 2)


def test_several_lists_in_one_pass_are_the_lists_one_by_one(told: Registry) -> None:
    with told.reading() as connection:
        at = world.sequence_of(connection)
        asked = [
            Question(given_rule(logic, "good"), PROMPT, at) for logic in (BIT, STATUS, {"and": [BIT, STATUS]})
        ]
        together = GoldenRoom(Cache()).several(connection, asked)
        assert [one.lists for one in together] == [told.golden.golden(connection, one).lists for one in asked]
