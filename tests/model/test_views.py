"""Views are kept for oneself or shared; nobody else's own is seen or taken away."""

import pytest

from model.commands.views import remove_view, save_view
from model.errors import Forbidden, Invalid, NotFound, RunRegistryError
from model.queries.views import views
from model.registry import Registry
from tests.model import world
from tests.model.world import EXPERT, GEM, READER, RULE, TRACKER

WHERE = '["cell","tracker-pixel","BAD","any"]'
SEARCH = {"stage": "prompt", "where": WHERE}


def save(registry: Registry, name: str, by: world.Author = TRACKER, *, is_shared: bool = False) -> None:
    with registry.writing() as tx:
        save_view(tx, name, "/certify/tracker", SEARCH, by, is_shared=is_shared)


def seen(registry: Registry, by: world.Author, at: int | None = None) -> list[tuple[str, str]]:
    with registry.reading() as connection:
        found = views(connection, by.name, world.now(registry) if at is None else at)
    return [(each.owner, each.name) for each in found]


def test_a_view_is_one_s_own_unless_it_is_shared(registry: Registry) -> None:
    save(registry, "odd pixels")
    assert seen(registry, TRACKER) == [(TRACKER.name, "odd pixels")]
    assert seen(registry, GEM) == []
    before = world.now(registry)
    save(registry, "odd pixels", is_shared=True)
    save(registry, "Mine", GEM)
    assert seen(registry, GEM) == [(GEM.name, "Mine"), (TRACKER.name, "odd pixels")]
    assert seen(registry, GEM, before) == []
    with registry.reading() as connection:
        (found,) = views(connection, READER.name, world.now(registry))
    assert found.address.startswith("/certify/tracker?stage=prompt&where=%5B%22cell%22")


def test_a_view_is_taken_away_by_its_owner_or_who_configures(registry: Registry) -> None:
    save(registry, "shared", is_shared=True)
    save(registry, "own")
    for by, name, refusal in ((GEM, "shared", Forbidden), (GEM, "own", NotFound), (TRACKER, "none", NotFound)):
        with registry.writing() as tx, pytest.raises(refusal):
            remove_view(tx, TRACKER.name, name, by)
    with registry.writing() as tx:
        remove_view(tx, TRACKER.name, "shared", EXPERT)
        remove_view(tx, TRACKER.name, "own", TRACKER)
    assert seen(registry, TRACKER) == []
    save(registry, "own")
    assert seen(registry, TRACKER) == [(TRACKER.name, "own")]


@pytest.mark.parametrize(
    ("name", "path", "search", "by", "refusal"),
    [
        ("", "/certify", {}, TRACKER, Invalid),
        (" x", "/certify", {}, TRACKER, Invalid),
        ("x" * 61, "/certify", {}, TRACKER, Invalid),
        ("a\nb", "/certify", {}, TRACKER, Invalid),
        ("x", "//elsewhere.example", {}, TRACKER, Invalid),
        ("x", "/certify/../golden", {}, TRACKER, Invalid),
        ("x", "/certify", {"as_of": "1"}, TRACKER, Invalid),
        ("x", "/certify", {"where": "["}, TRACKER, Invalid),
        ("x", "/certify", {"runs": "1" * 6001}, TRACKER, Invalid),
        ("x", "/certify", {}, RULE, Forbidden),
    ],
)
def test_what_is_no_view_is_refused_in_a_sentence(
    registry: Registry,
    name: str,
    path: str,
    search: dict[str, str],
    by: world.Author,
    refusal: type[RunRegistryError],
) -> None:
    with registry.writing() as tx, pytest.raises(refusal, match=r"\.$"):
        save_view(tx, name, path, search, by)
    assert world.now(registry) == 0


def test_the_same_view_is_not_recorded_twice(registry: Registry) -> None:
    save(registry, "own")
    with pytest.raises(Invalid, match="so already"):
        save(registry, "own")
