"""The page of reports: which there are, one in full, what can be asked for, and how one is made."""

from typing import Any

import pytest
from dash import no_update

from callbacks.reports_page import fill_list, forget_refusal, make_report, offer_scopes, open_made, show_report
from components import reports_page as page
from identity.local import user
from model.registry import Registry
from model.report.freeze import freeze
from model.report.kept import Kept
from model.report.scope import Asked
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import named, parts, words
from tests.model import world

HERE = "/reports"
ERA = Asked("era", "2024C")


@pytest.fixture
def kept(small_registry: Registry) -> Kept:
    by = user("d.coordinator")
    assert by is not None
    return freeze(small_registry, ERA, by)


def made(asking: Asking, kind: str, scope: str = "", search: str = "", by: str = "d.coordinator") -> Any:
    told: list[Any] = []
    with asking(by):
        return make_report(told.append, 1, kind, scope, page.GOLDEN, search), told


def test_reports_are_listed_with_what_they_came_to_and_chosen_by_kind(asking: Asking, kept: Kept) -> None:
    with asking():
        every = fill_list(HERE, f"?report={kept.name}", None, None)
        weeks = words(fill_list(HERE, "?kind=week", None, None))
        odd = words(fill_list(HERE, "?kind=month", None, None))
        before = words(fill_list(HERE, f"?as_of={kept.sequence}", None, None))
    assert "Era 2024C" in words(every) and "13.0 pb⁻¹ certified" in words(every)
    assert "No report yet" in weeks and "No report yet" in before and "Era 2024C" in odd
    chosen = [part for part in parts(every) if "is-current" in (getattr(part, "className", None) or "")]
    assert len(chosen) == 1


def test_nothing_is_drawn_on_another_page(asking: Asking) -> None:
    with asking():
        assert fill_list("/", "", None, None) is no_update and show_report("/", "") is no_update
        assert set(offer_scopes("/", "week")) == {no_update}


def test_a_report_is_shown_with_its_forms_its_pictures_and_links_to_its_runs(
    asking: Asking, kept: Kept
) -> None:
    with asking():
        drawn = show_report(HERE, f"?report={kept.name}")
    text = words(drawn)
    assert "Certification report · Era 2024C" in text and kept.sha256 in text
    links = [getattr(part, "href", None) for part in parts(drawn)]
    assert [f"/api/v1/reports/{kept.name}.{form}" in links for form in ("html", "pdf", "csv", "json")] == [
        True
    ] * 4
    assert f"/runs/{FIRST}?as_of={kept.sequence}" in links
    images = [part for part in parts(drawn) if type(part).__name__ == "Img"]
    assert images and all(image.src.startswith("data:image/svg+xml,") and image.alt for image in images)
    assert {image.className for image in images} == {"only-dark", "only-light"}


def test_a_report_that_is_not_there_is_said(asking: Asking, kept: Kept) -> None:
    with asking():
        assert "Choose a report" in words(show_report(HERE, ""))
        assert "There is no report nothing" in words(show_report(HERE, "?report=nothing"))
        then = show_report(HERE, f"?report={kept.name}&as_of={kept.sequence}")
    assert "There is no report" in words(then)


@pytest.mark.parametrize(
    ("kind", "first", "unnamed"),
    [
        ("era", "2024C", "2024C"),
        ("week", "2024-W21", "2024-W21"),
        ("shift", "2024-05-20T08:00Z/2024-05-20T16:00Z", ""),
    ],
)
def test_what_there_is_can_be_chosen(asking: Asking, kind: str, first: str, unnamed: str) -> None:
    with asking():
        options, hint, newest, rules = offer_scopes(HERE, kind)
    assert options[0].value == first and len(hint) > 10 and newest == unnamed
    assert [rule["value"] for rule in rules] == [page.GOLDEN, "golden-2024"]


def test_a_report_is_made_with_progress_and_then_shown(asking: Asking, small_registry: Registry) -> None:
    (done, toast, refused), told = made(asking, "era", "2024C")
    assert done["refused"] == "" and refused is None and "Era 2024C" in words(toast)
    assert len(told) == 6 and "gathering 5 of 5 parts" in words(told[-1][0])
    assert open_made(done, HERE) == f"?report={done['report']}"
    assert open_made(done, "/") is no_update and open_made({"refused": "x"}, HERE) is no_update


@pytest.mark.parametrize(("kind", "name"), [("week", "2024-W21"), ("era", "2024C")])
def test_a_report_of_nothing_named_is_of_the_newest_there_is(
    asking: Asking, small_registry: Registry, kind: str, name: str
) -> None:
    (done, _, refused), _ = made(asking, kind)
    assert refused is None and done["report"].startswith(f"{kind}-{name}-")


def test_a_refusal_goes_with_the_question_it_is_of() -> None:
    assert forget_refusal("era", "") is None


def test_a_report_as_of_an_earlier_time_is_made_of_it(asking: Asking, small_registry: Registry) -> None:
    then = world.now(small_registry) - 1
    (done, *_), _ = made(asking, "era", "2024C", f"?as_of={then}")
    assert done["report"].startswith(f"era-2024C-{then}-")


@pytest.mark.parametrize(
    ("kind", "scope", "by", "says"),
    [
        ("era", "1999A", "d.coordinator", "No run is of era 1999A"),
        ("cycle", "", "d.coordinator", "Name the cycle"),
        ("week", "2024-W99", "d.coordinator", "no week such as"),
        ("era", "2024C", "r.reader", "may not make a certification report"),
    ],
)
def test_what_cannot_be_made_is_refused_where_it_was_asked_for(
    asking: Asking, small_registry: Registry, kind: str, scope: str, by: str, says: str
) -> None:
    before = world.now(small_registry)
    (done, _, refused), _ = made(asking, kind, scope, by=by)
    assert says in words(refused) and says in done["refused"] and world.now(small_registry) == before


def test_a_report_that_is_called_off_is_not_written(asking: Asking, small_registry: Registry) -> None:
    from model.errors import CalledOff

    before = world.now(small_registry)

    def call_off(_told: Any) -> None:
        raise CalledOff("Cancelled: nothing was written.")

    with asking("d.coordinator"):
        done, _, refused = make_report(call_off, 1, "era", "2024C", page.GOLDEN, "")
    assert "Cancelled" in words(refused) and done["refused"] and world.now(small_registry) == before


def test_the_form_waits_for_nothing(asking: Asking) -> None:
    drawn = page.reports_body()
    assert named(drawn, page.RULE).value == page.GOLDEN
    with asking("d.coordinator"):
        assert set(make_report(lambda _: None, 0, "era", "2024C", page.GOLDEN, "")) == {no_update}
