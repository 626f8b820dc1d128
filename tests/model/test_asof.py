"""As-of: a sequence, a time or a label gives exactly what was true then, luminosity included."""

from datetime import timedelta

import numpy as np
import pytest

from model import asof
from model.clock import SettableClock, rfc3339, to_us
from model.commands.documents import set_label
from model.errors import Invalid, NotFound
from model.queries import luminosities
from model.registry import Registry
from tests.model import world
from tests.model.walk import Walk
from tests.model.world import EXPERT, RUN, TRACKER, create_dataset, give, report_run

PIXEL = "tracker-pixel"


def _resolve(registry: Registry, word: str | int | None) -> int:
    with registry.reading() as connection:
        return asof.resolve(connection, word)


@pytest.fixture
def told(registry: Registry, clock: SettableClock) -> Registry:
    """Tell: a run; a BAD at about 12:00; a label; an hour later GOOD and other luminosity."""
    report_run(registry)
    create_dataset(registry)
    give(registry, TRACKER, PIXEL, [(1, 10)], "BAD")
    with registry.writing() as tx:
        set_label(tx, "call-1", EXPERT)
    clock.at += timedelta(hours=1)
    give(registry, TRACKER, PIXEL, [(1, 10)], "GOOD")
    world.report_luminosity(registry, [0.2] * 10)
    return registry


@pytest.mark.parametrize(
    "word",
    ["call-1", "2024-05-01T12:30:00Z", "2024-05-01T14:30:00+02:00", "2024-05-01T14:30:00 02:00", "6", 6],
)
def test_a_label_a_time_and_a_sequence_mean_the_same_place(told: Registry, word: str | int) -> None:
    at = _resolve(told, word)
    assert at == 6
    assert world.statuses(told, PIXEL, at=at) == [(1, 10, "BAD")]
    assert world.statuses(told, PIXEL) == [(1, 10, "GOOD")]


@pytest.mark.parametrize("word", [None, "", "now", " now "])
def test_now_is_the_last_sequence(told: Registry, word: str | None) -> None:
    assert _resolve(told, word) == world.now(told) == 8


def test_luminosity_is_as_it_was(told: Registry) -> None:
    with told.reading() as connection:
        then = luminosities.luminosity(connection, RUN, at=6)
        later = luminosities.luminosity(connection, RUN)
        lists = {RUN: ((1, 10),)}
        assert luminosities.integrated(connection, lists, at=6)[0] == pytest.approx(1.0)  # type: ignore[arg-type]  # plain pairs do
        assert luminosities.integrated(connection, lists)[0] == pytest.approx(2.0)  # type: ignore[arg-type]  # plain pairs do
    assert then is not None
    assert later is not None
    assert np.all(then.recorded_invpb == 0.1)
    assert np.all(later.recorded_invpb == 0.2)


def test_before_the_first_fact_there_was_nothing(told: Registry) -> None:
    assert _resolve(told, "1999-01-01T00:00:00Z") == 0
    assert world.statuses(told, PIXEL, at=0) == []


@pytest.mark.parametrize(
    ("word", "kind", "sentence"),
    [
        ("call-7", NotFound, "“call-7” is neither a sequence, nor a time"),
        ("900", NotFound, "has not reached sequence 900; it is at 8"),
        ("2024-05-01T12:30:00", Invalid, "has no time zone"),
        ("2024-13-01T12:30:00Z", NotFound, "neither"),
        ("-1", NotFound, "neither"),
    ],
)
def test_what_means_no_place_is_refused_in_a_sentence(
    told: Registry, word: str, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence):
        _resolve(told, word)


@pytest.mark.parametrize("seed", [11, 12])
def test_every_past_sequence_reads_as_it_read_then(registry: Registry, clock: SettableClock, seed: int) -> None:
    walk = Walk(registry, clock, seed)
    walk.steps(30)
    assert len(walk.seen) > 12
    for at, then in walk.seen.items():
        assert walk.read(at) == then


def test_the_time_of_a_sequence_leads_back_to_the_last_one_recorded_by_then(told: Registry) -> None:
    from model import journal

    with told.reading() as connection:
        entries = list(journal.entries(connection))
    for entry in entries:
        by_then = max(e.sequence for e in entries if e.recorded_at <= entry.recorded_at)
        assert _resolve(told, rfc3339(to_us(entry.recorded_at))) == by_then
