"""What upstream reports: recorded once, corrected later, never overwritten."""

import numpy as np
import pytest

from model import journal
from model.authors import IMPORTER
from model.commands.upstream import Luminosity, override_bits, report_luminosity, report_lumisections
from model.errors import Invalid
from model.events import BitsOverridden
from model.queries import datasets, luminosities, runs, upstream
from model.ranges import canonical
from model.registry import Registry
from model.vocabulary import ONLINE
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RUN, TRACKER, create_dataset, give, report_run

BITS = {"bpix_ready": [(1, 6, True), (7, 9, False)], "prescale_index": [(1, 10, 1)]}


def _bits(registry: Registry, name: str = ONLINE, at: int | None = None) -> dict[str, object]:
    with registry.reading() as connection:
        return dict(upstream.bits(connection, RUN, name, at))


def test_the_same_report_again_records_nothing(registry: Registry) -> None:
    report_run(registry, bits=BITS)
    before = world.now(registry)
    report_run(registry, bits=BITS)
    assert world.now(registry) == before == 3


def test_a_correction_holds_from_now_on_and_the_old_value_stays_in_history(registry: Registry) -> None:
    report_run(registry, bits=BITS, energy=6500)
    before = world.now(registry)
    report_run(registry, bits={"bpix_ready": [(1, 10, True)]}, energy=6800)
    assert world.now(registry) == before + 2
    assert _bits(registry) == {"bpix_ready": ((1, 10, True),)}
    assert _bits(registry, at=before)["bpix_ready"] == ((1, 6, True), (7, 9, False))
    with registry.reading() as connection:
        assert runs.run(connection, RUN).upstream["energy"] == 6800
        assert runs.run(connection, RUN, before).upstream["energy"] == 6500
        assert runs.run(connection, RUN).upstream["era"] == "2024C"


def test_fewer_lumisections_are_the_new_truth_and_nothing_is_lost(registry: Registry) -> None:
    """Trap 7: the system in use throws here."""
    report_run(registry, bits=BITS)
    create_dataset(registry)
    give(registry, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    before = world.now(registry)
    report_run(registry, lumisections=[(1, 7)], bits={"bpix_ready": [(1, 7, True)]})
    with registry.reading() as connection:
        assert datasets.lumisections(connection, RUN) == ((1, 7),)
        assert datasets.lumisections(connection, RUN, before) == ((1, 10),)
    with pytest.raises(Invalid, match="lumisections 1 to 7"):
        give(registry, TRACKER, "tracker-pixel", [(8, 8)], "BAD")
    report_run(registry, lumisections=[(1, 10)], bits=BITS)
    assert _bits(registry) == _bits(registry, at=before)


def test_one_and_true_are_different_values(registry: Registry) -> None:
    report_run(registry, bits={"bpix_ready": [(1, 5, True)], "prescale_index": [(1, 5, 1)]})
    before = world.now(registry)
    found = _bits(registry)
    assert found["bpix_ready"][0][2] is True  # type: ignore[index]  # a span: first, last, value
    assert type(found["prescale_index"][0][2]) is int  # type: ignore[index]  # a span: first, last, value
    report_run(registry, bits={"bpix_ready": [(1, 5, True)], "prescale_index": [(1, 5, True)]})
    assert world.now(registry) == before + 1


def test_a_missing_bit_is_unknown_and_in_no_range(registry: Registry) -> None:
    report_run(registry, bits={"bpix_ready": [(1, 3, True)], "fpix_ready": []})
    assert _bits(registry) == {"bpix_ready": ((1, 3, True),)}


@pytest.mark.parametrize(
    ("lumisections", "bits", "sentence"),
    [
        ([], {}, "must lie within"),
        ([(1, 200_000)], {}, "must lie within 1 to 100000"),
        ([(1, 3), (5, 10)], {"bpix_ready": [(2, 6, True)]}, "where there is no lumisection"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(
    registry: Registry,
    lumisections: list[tuple[int, int]],
    bits: dict[str, list[tuple[int, int, bool]]],
    sentence: str,
) -> None:
    with pytest.raises(Invalid, match=sentence), registry.writing() as tx:
        report_lumisections(tx, RUN, canonical(lumisections), bits, IMPORTER)
    assert world.now(registry) == 0


def test_an_override_holds_for_its_dataset_only_and_keeps_its_reason(registry: Registry) -> None:
    """Trap 14."""
    report_run(registry, bits=BITS)
    create_dataset(registry)
    create_dataset(registry, EXPRESS)
    before = world.now(registry)
    with registry.writing() as tx:
        told = {"bpix_ready": [(2, 3, False), (8, 10, True)]}
        override_bits(tx, RUN, PROMPT, told, DC, comment="layer 1 was off")
    expected = ((1, 1, True), (2, 3, False), (4, 6, True), (7, 7, False), (8, 10, True))
    assert _bits(registry, PROMPT)["bpix_ready"] == expected
    for untouched in (EXPRESS, ONLINE):
        assert _bits(registry, untouched) == _bits(registry, PROMPT, before)
    with registry.reading() as connection:
        last = list(journal.entries(connection, before))
    assert [(e.author, e.is_person, e.comment) for e in last] == [(DC.name, True, "layer 1 was off")]
    assert isinstance(last[0].event, BitsOverridden)


def test_an_override_survives_a_correction_by_upstream(registry: Registry) -> None:
    report_run(registry, bits=BITS)
    create_dataset(registry)
    with registry.writing() as tx:
        override_bits(tx, RUN, PROMPT, {"bpix_ready": [(8, 9, True)]}, DC, comment="seen in data")
    report_run(registry, bits={"bpix_ready": [(1, 10, False)]})
    assert _bits(registry, PROMPT)["bpix_ready"] == ((1, 7, False), (8, 9, True), (10, 10, False))


def test_two_luminosity_sources_are_never_mixed(registry: Registry) -> None:
    report_run(registry)
    before = world.now(registry)
    world.report_luminosity(registry, [0.3] * 10, source="normtag")
    lists = {RUN: canonical([(1, 4)])}
    with registry.reading() as connection:
        assert luminosities.integrated(connection, lists)[0] == pytest.approx(0.4)
        assert luminosities.integrated(connection, lists, "normtag")[0] == pytest.approx(1.2)
        assert luminosities.integrated(connection, lists, "normtag", before) == (0.0, 0.0)
        assert luminosities.integrated(connection, lists, "HFET") == (0.0, 0.0)
        assert luminosities.sources(connection, RUN, world.sequence_of(connection)) == ["OMS", "normtag"]


def test_luminosity_comes_back_digit_by_digit_holes_included(registry: Registry) -> None:
    values = np.array([0.1, np.nan, 1 / 3, 5e-324, 0.30000000000000004])
    report_run(registry, lumisections=[(1, 5)])
    world.report_luminosity(registry, values)
    assert world.report_luminosity(registry, values) is None
    with registry.reading() as connection:
        found = luminosities.luminosity(connection, RUN)
    assert found is not None
    assert found.recorded_invpb.tobytes() == values.tobytes()


def test_luminosities_of_unequal_length_are_refused(registry: Registry) -> None:
    lumi = Luminosity("OMS", np.zeros(3), np.zeros(4), np.empty(0))
    with pytest.raises(Invalid, match="differ in length"), registry.writing() as tx:
        report_luminosity(tx, RUN, lumi, IMPORTER)
