"""Every refusal is typed, is a sentence, and leaves nothing written."""

from collections.abc import Callable

import pytest

from model import journal
from model.commands.datasets import move_dataset
from model.commands.documents import set_label
from model.commands.runs import move_run, set_run_attributes
from model.commands.undo import undo
from model.commands.upstream import override_bits, report_run
from model.errors import Forbidden, Invalid, NotFound, NotOpen, RunRegistryError
from model.registry import Registry
from model.vocabulary import ONLINE
from tests.model import world
from tests.model.world import DC, EXPERT, GEM, PROMPT, READER, RUN, SHIFTER, TRACKER, create_dataset, give

Attempt = Callable[[Registry], object]


def _with(command: Callable[..., object], *args: object, **words: object) -> Attempt:
    def attempt(registry: Registry) -> object:
        with registry.writing() as tx:
            return command(tx, *args, **words)

    return attempt


def _edit(*args: object, **words: object) -> Attempt:
    return lambda registry: give(registry, *args, **words)


PIXEL = "tracker-pixel"
EVERY_BIT = {"bpix_ready": [(1, 2, False)]}
REFUSED: dict[str, tuple[Attempt, type[RunRegistryError], str]] = {
    "unknown run": (
        _edit(TRACKER, PIXEL, [(1, 2)], "GOOD", run_number=399999),
        NotFound,
        "no run 399999",
    ),
    "unknown dataset": (
        _edit(TRACKER, PIXEL, [(1, 2)], "GOOD", dataset="/ReReco/X/DQM"),
        NotFound,
        "has no dataset /ReReco/X/DQM; it has online",
    ),
    "lumisection beyond the run": (_edit(TRACKER, PIXEL, [(5, 11)], "GOOD"), Invalid, "lumisections 1 to 10"),
    "lumisection 0": (_edit(TRACKER, PIXEL, [(0, 3)], "GOOD"), Invalid, "begins before 1"),
    "reversed range": (_edit(TRACKER, PIXEL, [(5, 4)], "GOOD"), Invalid, "reversed"),
    "no range": (_edit(TRACKER, PIXEL, [], "GOOD"), Invalid, "not none"),
    "unknown status": (_edit(TRACKER, PIXEL, [(1, 2)], "FINE"), Invalid, "“FINE” is no status; GOOD"),
    "EMPTY cannot be set": (_edit(TRACKER, PIXEL, [(1, 2)], "EMPTY"), Invalid, "is no status"),
    "unknown column": (_edit(TRACKER, "tracker-pixl", [(1, 2)], "GOOD"), Invalid, "tracker-pixl is no column"),
    "no column": (_edit(TRACKER, [], [(1, 2)], "GOOD"), Invalid, "Nothing is no column"),
    "BAD without a reason": (
        _edit(TRACKER, PIXEL, [(1, 2)], "BAD", comment=" x "),
        Invalid,
        "cause, or a comment of at least 3",
    ),
    "endless comment": (_edit(TRACKER, PIXEL, [(1, 2)], "BAD", comment="x" * 2001), Invalid, "at most 2000"),
    "a sequence nobody has seen": (
        _edit(TRACKER, PIXEL, [(1, 2)], "GOOD", seen=10_000),
        Invalid,
        "Nobody has seen",
    ),
    "a reader certifies": (_edit(READER, PIXEL, [(1, 2)], "GOOD"), Forbidden, "tracker-certifiers"),
    "another workspace's column": (_edit(GEM, PIXEL, [(1, 2)], "GOOD"), Forbidden, "G. Certifier may not"),
    "one column of two is another workspace's": (
        _edit(GEM, ["gem-gem", PIXEL], [(1, 2)], "GOOD"),
        Forbidden,
        "in tracker",
    ),
    "a certifier certifies online": (
        _edit(TRACKER, PIXEL, [(1, 2)], "GOOD", dataset=ONLINE),
        Forbidden,
        "online-shifters",
    ),
    "a shifter certifies offline": (_edit(SHIFTER, PIXEL, [(1, 2)], "GOOD"), Forbidden, "certify offline"),
    "a signed-off workspace": (_edit(DC, "ecal-ecal", [(1, 2)], "GOOD"), NotOpen, "is SIGNOFF, not OPEN"),
    "from another state": (
        _with(move_dataset, RUN, PROMPT, "tracker", ("SIGNOFF", "COMPLETED"), DC),
        NotOpen,
        "tracker of .* is OPEN, not SIGNOFF",
    ),
    "run from another state": (
        _with(move_run, RUN, "SIGNOFF", "COMPLETED", EXPERT),
        NotOpen,
        "is OPEN, not SIGNOFF",
    ),
    "unknown state": (
        _with(move_dataset, RUN, PROMPT, "tracker", ("OPEN", "DONE"), DC),
        Invalid,
        "“DONE” is no state",
    ),
    "back without a reason": (
        _with(move_dataset, RUN, PROMPT, "ecal", ("SIGNOFF", "OPEN"), DC),
        Invalid,
        "needs a reason",
    ),
    "an online dataset moves with its run": (
        _with(move_dataset, RUN, ONLINE, "tracker", ("OPEN", "SIGNOFF"), DC),
        Invalid,
        "moves with its run",
    ),
    "global by a certifier": (
        _with(move_dataset, RUN, PROMPT, "global", ("OPEN", "SIGNOFF"), TRACKER),
        Forbidden,
        "data-certification",
    ),
    "an attribute not set by hand": (
        _with(set_run_attributes, RUN, {"energy": 1}, EXPERT),
        Invalid,
        "energy cannot be set by hand",
    ),
    "significant is yes or no": (
        _with(set_run_attributes, RUN, {"significant": "yes"}, EXPERT),
        Invalid,
        "cannot be 'yes'",
    ),
    "class by a shifter": (
        _with(set_run_attributes, RUN, {"class": "Cosmics24"}, SHIFTER),
        Forbidden,
        "edit a run's class",
    ),
    "an override by a shifter": (
        _with(override_bits, RUN, PROMPT, EVERY_BIT, SHIFTER, comment="seen"),
        Forbidden,
        "data-certification",
    ),
    "an override without a reason": (
        _with(override_bits, RUN, PROMPT, EVERY_BIT, DC, comment=" "),
        Invalid,
        "needs a reason",
    ),
    "an override of what is no bit": (
        _with(override_bits, RUN, PROMPT, {"pixel": [(1, 1, True)]}, DC, comment="seen"),
        Invalid,
        "pixel is no bit",
    ),
    "an override beyond the run": (
        _with(override_bits, RUN, PROMPT, {"bpix_ready": [(9, 12, True)]}, DC, comment="seen"),
        Invalid,
        "does not have all",
    ),
    "a person plays upstream": (_with(report_run, RUN, {"energy": 1}, EXPERT), Forbidden, "importers"),
    "no CMS run": (_with(report_run, 17, {}, world.IMPORTER), Invalid, "no CMS run number"),
    "undo of nothing": (_with(undo, 10_000, DC), NotFound, "no action 10000"),
    "undo of a report": (_with(undo, 1, DC), Invalid, "not one of verdicts"),
    "a label that reads as a sequence": (_with(set_label, "12", EXPERT), Invalid, "cannot be a label"),
    "a label by a reader": (_with(set_label, "call", READER), Forbidden, "experts"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_typed_is_a_sentence_and_writes_nothing(registry: Registry, case: str) -> None:
    """Traps 11, 12, 13 and 15 among them."""
    attempt, kind, sentence = REFUSED[case]
    world.report_run(registry)
    create_dataset(registry, states={"global": "OPEN", "ecal": "SIGNOFF"})
    before = world.now(registry)
    with pytest.raises(kind, match=sentence) as refused:
        attempt(registry)
    assert type(refused.value) is kind
    assert str(refused.value).endswith(".")
    assert world.now(registry) == before


@pytest.mark.parametrize(
    ("column", "span", "status", "sentence"),
    [
        (PIXEL, (5, 11), "GOOD", "lumisections 1 to 10"),
        (PIXEL, (0, 3), "GOOD", "begins before 1"),
        (PIXEL, (5, 4), "GOOD", "reversed"),
        (PIXEL, (1, 2), "FINE", "“FINE” is no status"),
        ("tracker-pixl", (1, 2), "GOOD", "tracker-pixl is no column"),
    ],
)
def test_trap_12_what_does_not_exist_cannot_be_certified(
    registry: Registry, column: str, span: tuple[int, int], status: str, sentence: str
) -> None:
    world.report_run(registry)
    create_dataset(registry)
    before = world.now(registry)
    with pytest.raises(Invalid, match=sentence):
        give(registry, TRACKER, column, [span], status)
    assert (world.now(registry), world.said(registry, PIXEL)) == (before, [])


def test_trap_13_many_datasets_cannot_be_bad_without_a_reason(registry: Registry) -> None:
    edits = []
    for number in (RUN, RUN + 1):
        world.report_run(registry, number)
        create_dataset(registry, run_number=number)
        edits.append(world.VerdictEdit(number, PROMPT, (PIXEL,), ((1, 10),), "BAD", "", " x "))
    before = world.now(registry)
    with (
        pytest.raises(Invalid, match="BAD needs a cause, or a comment of at least 3"),
        registry.writing() as tx,
    ):
        world.certify(tx, edits, TRACKER, seen=before)
    assert world.now(registry) == before


def test_the_list_of_what_is_missing_is_named_at_sign_off(registry: Registry) -> None:
    """Trap 10: gem counts like every other column."""
    world.report_run(registry)
    world.decide_everything(registry, ONLINE, but=("gem-gem", "dt-dt"))
    world.rule_says(registry, "dt-dt", [(1, 4), (6, 10)], "GOOD", dataset=ONLINE)
    world.rule_says(registry, "gem-gem", [(1, 10)], "NOTSET", dataset=ONLINE)
    with pytest.raises(NotOpen, match=r"nobody decided on dt-dt LS 5; gem-gem LS 1–10\."):
        _with(move_run, RUN, "OPEN", "SIGNOFF", SHIFTER)(registry)
    give(registry, SHIFTER, ["dt-dt", "gem-gem"], [(1, 10)], "GOOD", dataset=ONLINE)
    _with(move_run, RUN, "OPEN", "SIGNOFF", SHIFTER)(registry)
    with pytest.raises(NotOpen, match="SIGNOFF, not OPEN"):
        give(registry, SHIFTER, "dt-dt", [(1, 1)], "GOOD", dataset=ONLINE)


def test_a_workspace_signs_off_its_own_columns_only(registry: Registry) -> None:
    world.report_run(registry)
    create_dataset(registry)
    sign_off = _with(move_dataset, RUN, PROMPT, "tracker", ("OPEN", "SIGNOFF"), TRACKER)
    give(registry, TRACKER, ["tracker-pixel", "tracker-strip"], [(1, 10)], "GOOD")
    with pytest.raises(NotOpen, match=r"tracker-track LS 1–10\.$"):
        sign_off(registry)
    give(registry, TRACKER, "tracker-track", [(1, 10)], "GOOD")
    sign_off(registry)
    with pytest.raises(NotOpen, match="gem-gem|and .* more columns"):
        _with(move_dataset, RUN, PROMPT, "global", ("OPEN", "COMPLETED"), DC)(registry)
    _with(move_dataset, RUN, PROMPT, "tracker", ("SIGNOFF", "OPEN"), TRACKER, comment="a new hit map")(registry)
    give(registry, TRACKER, "tracker-track", [(3, 3)], "BAD")


def test_one_bad_edit_of_many_writes_none_of_them(registry: Registry) -> None:
    """Trap 31."""
    world.report_run(registry)
    create_dataset(registry)
    before = world.now(registry)
    edits = [
        world.VerdictEdit(RUN, PROMPT, (PIXEL,), ((1, 2),), "GOOD"),
        world.VerdictEdit(RUN, PROMPT, (PIXEL,), ((99, 100),), "GOOD"),
    ]
    with pytest.raises(Invalid, match="99–100"), registry.writing() as tx:
        world.certify(tx, edits, TRACKER, seen=before)
    assert (world.now(registry), world.said(registry, PIXEL)) == (before, [])


def test_a_dry_run_gives_the_real_answer_and_writes_nothing(registry: Registry) -> None:
    world.report_run(registry)
    create_dataset(registry)
    before = world.now(registry)
    edit = world.VerdictEdit(RUN, PROMPT, (PIXEL,), ((1, 2),), "GOOD")
    with registry.trying() as tx:
        assert world.certify(tx, [edit], TRACKER, seen=before) == before + 1
    assert world.now(registry) == before
    with registry.reading() as connection:
        assert journal.verify(connection).sequence == before
