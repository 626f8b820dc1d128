"""Statuses stay apart for every eye, in every tint, in both themes: read from assets/tokens.css itself."""

import itertools

import pytest

from components import theme
from tests.components import vision
from tests.components.vision import STATUSES, drawn, fills

TINTS = ("", "-cell", "-rule")
#: what screens.md promises of any two statuses
LEAST = 18.6
#: lines above and below a fill, wherever a tint is drawn, however narrow; EMPTY is hatched and needs it nowhere
EDGE = {"bad": "bad-text", "notset": "edge"}


def apart(name: str, tint: str, eye: str, one: str, other: str) -> float:
    """Return how different two cells look: by their fills, or by an edge that only one of them has."""
    token, fill = vision.tokens(name), fills(name, tint)
    found = [differ(eye, fill[one], fill[other])]
    if (one in EDGE) != (other in EDGE):
        has = one if one in EDGE else other
        found.append(differ(eye, token[EDGE[has]], fill[has]))
    return max(found)


def differ(eye: str, one: str, other: str) -> float:
    """Return how different two colours look to an eye."""
    return vision.ciede2000(vision.seen_by(eye, one), vision.seen_by(eye, other))


# Sharma, Wu & Dalal, table 1: pairs 1, 7, 9, 17 and 25
@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_difference_is_that_of_the_published_pairs(
    one: vision.Vector, other: vision.Vector, difference: float
) -> None:
    assert vision.ciede2000(one, other) == pytest.approx(difference, abs=1e-4)


def test_white_stays_white_for_every_eye() -> None:
    for eye in vision.EYES:
        assert vision.seen_by(eye, "#ffffff") == pytest.approx((100, 0, 0), abs=0.02)


def test_red_and_green_are_one_for_eyes_that_tell_none() -> None:
    red, green = "#c0392b", "#5a7d1f"
    plain, protan = (
        vision.ciede2000(vision.seen_by(eye, red), vision.seen_by(eye, green))
        for eye in ("three cones", "protan")
    )
    assert protan < plain / 2


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize("eye", vision.EYES)
def test_the_palette_is_as_far_apart_as_promised(eye: str, name: str) -> None:
    """By its fills alone: cells of the grid draw it five px high, where no line has room."""
    assert vision.nearest(fills(name, ""), eye)[0] >= LEAST - 0.05


@pytest.mark.parametrize("eye", vision.EYES)
@pytest.mark.parametrize("tint", TINTS)
@pytest.mark.parametrize("name", theme.THEMES)
def test_any_two_cells_are_told_apart(name: str, tint: str, eye: str) -> None:
    close = {
        (one, other): round(found, 1)
        for i, one in enumerate(STATUSES)
        for other in STATUSES[i + 1 :]
        if (found := apart(name, tint, eye, one, other)) < LEAST - 0.05
    }
    assert not close


@pytest.mark.parametrize("name", theme.THEMES)
def test_whoever_needs_more_contrast_reads_every_letter(name: str) -> None:
    token = vision.tokens(name)
    inks = [key.removesuffix("-ink") for key in token if key.endswith("-ink") and key != "accent-ink"]
    of_the_map = {"empty", "map-violet", "map-grey"}
    assert {f"{status}{tint}" for status in STATUSES[:5] for tint in TINTS} | of_the_map == set(inks)
    assert min(theme.contrast(token[fill], token[f"{fill}-ink"]) for fill in inks) >= 4.5


@pytest.mark.parametrize("name", theme.THEMES)
@pytest.mark.parametrize(
    "looks",
    [
        [status.upper() for status in STATUSES],
        ["reason", "reason", "reason", "other", "golden", "unknown"],
        ["on", "off", "unknown"],
    ],
)
def test_any_two_kinds_on_the_map_are_told_apart_by_their_fill(name: str, looks: list[str]) -> None:
    """Its rows may be one px high, where neither lines nor letters stand."""
    token = vision.tokens(name)
    for one, other in itertools.combinations(drawn(looks), 2):
        for eye in vision.EYES:
            assert differ(eye, token[one], token[other]) >= LEAST - 0.05, (one, other, eye)


@pytest.mark.parametrize("name", theme.THEMES)
def test_silence_is_told_by_its_fill_whoever_looks(name: str) -> None:
    for tint, eye in itertools.product(TINTS, vision.EYES):
        fill = fills(name, tint)
        others = {status: differ(eye, fill["empty"], fill[status]) for status in STATUSES[:-1]}
        assert min(others.values()) >= LEAST - 0.05, (tint, eye, others)
