"""The page of findings: what the address asks for, one finding beside, and the answers to it."""

from collections.abc import Callable

import pytest
from dash import no_update
from dash._callback_context import context_value

from callbacks.consistency_page import answer, choose_runs, fill_findings, show_finding, try_override
from components import consistency_page as page
from model.registry import Registry
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import ids, words
from tests.model import world

BEAM = f"{FIRST}/beam/dc"
HERE = "/consistency"


@pytest.fixture(autouse=True)
def _contradicts_itself(small_registry: Registry) -> None:
    bits = {"beam1_stable": [(1, 9, True), (10, 14, False), (15, 60, True)]}
    world.report_run(small_registry, FIRST, [(1, 60)], bits)
    world.report_run(small_registry, FIRST + 9, [(1, 4), (7, 10)])


def _press(do: str, reason: str, shown: object) -> tuple[object, ...]:
    context_value.get().triggered_inputs = [
        {"prop_id": f'{{"do":"{do}","type":"{page.DO}"}}.n_clicks', "value": 1}
    ]
    return answer([1], reason, shown)


def test_findings_are_listed_with_their_luminosity_and_narrowed_by_the_address(asking: Asking) -> None:
    with asking():
        head, rows, _ = fill_findings(HERE, "", None)
        of_kind = words(fill_findings(HERE, "?kind=holes", None)[1])
        of_runs = words(fill_findings(HERE, f"?runs={FIRST}-{FIRST + 1}", None)[1])
    assert "luminosity, beam flag false" in words(head) and "0.550" in words(rows)
    assert words(rows).index(str(FIRST)) < words(rows).index(str(FIRST + 9))
    assert str(FIRST + 9) in of_kind and "beam flag" not in of_kind
    assert "beam flag" in of_runs and str(FIRST + 9) not in of_runs


@pytest.mark.parametrize("search", ["?kind=ghosts", "?owner=nobody", "?runs=9-x", "?runs=9-5", "?runs=1-2-3"])
def test_what_the_address_cannot_mean_is_dropped_and_said(asking: Asking, search: str) -> None:
    with asking():
        head, rows, _ = fill_findings(HERE, search, None)
    assert "dropped from the address" in words(head)
    assert "beam flag false" in words(rows)


def test_a_range_of_runs_goes_into_the_address_with_the_rest(asking: Asking) -> None:
    with asking():
        assert choose_runs("5-9", "?kind=holes") == "?kind=holes&runs=5-9"
        assert choose_runs("5-9", "?runs=5-9") is no_update
        assert choose_runs("", "?runs=5-9") == ""


def test_the_page_is_filled_only_on_its_own_address(asking: Asking) -> None:
    with asking():
        assert set(fill_findings("/runs", "", None)) | set(show_finding("/runs", "", None)) == {no_update}


def test_a_finding_is_shown_with_what_would_mend_it(asking: Asking) -> None:
    with asking():
        drawn, shown, _ = show_finding(HERE, f"?finding={BEAM}", None)
        nothing, _, _ = show_finding(HERE, "", None)
        gone, of_gone, _ = show_finding(HERE, "?finding=1/beam/dc", None)
    assert "There is luminosity while beam1_stable is false." in words(drawn)
    assert "5: 10–14" in words(drawn) and "What would mend it" in words(drawn)
    assert shown["key"] == BEAM and any('"value": "true"' in name for name in ids(drawn))
    assert "Choose a finding" in words(nothing)
    assert "There is no finding" in words(gone) and of_gone is None


def test_an_answer_is_recorded_or_refused_in_a_sentence(
    asking: Asking, triggered_by: Callable[..., None]
) -> None:
    triggered_by("anything.n_clicks")
    with asking("d.coordinator"):
        _, shown, _ = show_finding(HERE, f"?finding={BEAM}", None)
    with asking("r.reader"):
        assert "may not acknowledge a finding" in words(_press("acknowledge", "it is known", shown)[2])
        assert "may not override a DCS bit" in words(_press("true", "it is known", shown)[2])
    with asking("d.coordinator"):
        assert "A reason has 3" in words(_press("acknowledge", "", shown)[2])
        assert "it comes back" in words(_press("acknowledge", "it is known", shown)[1])
        assert BEAM not in words(fill_findings(HERE, "?owner=dc", None)[1])
        assert "acknowledged" in words(fill_findings(HERE, "?acknowledged=1", None)[1])
        assert "Acknowledged by d.coordinator" in words(show_finding(HERE, f"?finding={BEAM}", None)[0])
        assert "stands again" in words(_press("take-back", "", shown)[1])
        assert "Overridden in every dataset" in words(_press("true", "the flag came late", shown)[1])
        assert "There is no finding" in words(show_finding(HERE, f"?finding={BEAM}", None)[0])


def _try(value: str, shown: object) -> tuple[object, ...]:
    context_value.get().triggered_inputs = [
        {"prop_id": f'{{"type":"{page.TRY}","value":"{value}"}}.n_clicks', "value": 1}
    ]
    return try_override([1], shown)


def test_an_override_says_what_it_would_do_before_it_does_it(
    asking: Asking, triggered_by: Callable[..., None], small_registry: Registry
) -> None:
    triggered_by("anything.n_clicks")
    before = world.now(small_registry)
    with asking("d.coordinator"):
        _, shown, _ = show_finding(HERE, f"?finding={BEAM}", None)
        drawn, refused = _try("true", shown)
        assert _try("true", None) == (no_update, no_update)
    said = words(drawn)
    assert refused is None and "beam1_stable true on 5 LS of 2 datasets" in said
    assert "0.500 pb⁻¹, source OMS" in said and "+0.000 pb⁻¹, +0 LS by golden-2024" in said
    assert "/Express/Collisions2024/DQM" in said and any('"do": "true"' in name for name in ids(drawn))
    with asking("r.reader"):
        assert "may not override a DCS bit" in words(_try("true", shown)[1])
    assert world.now(small_registry) == before
