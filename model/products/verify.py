"""What a file is: an official product, one that was superseded, or none, and then what it is nearest to."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from model.golden.lists import sha256, size, to_bytes
from model.products.algebra import Comparison, compare, differing_runs
from model.products.products import Product, State, body_of, official_of, parsed, products
from model.products.reading import read
from model.ranges import Ranges
from model.vocabulary import DEFAULT_SOURCE

#: a file is compared with so many products, those of about its size first
_COMPARED = 200
_NAMED = 5


@dataclass(frozen=True)
class Verified:
    """What a file is.

    Args:
        product: the product it is, or else the one it is nearest to; None where there is no product at all.
        is_product: whether it is that one, by value.
        is_identical: whether its bytes are the ones that were published too.
        official: what is official now in that series.
        to_official: how the file differs from it, None where it is the same list.
        sentence: all of it in words.
    """

    product: Product | None
    is_product: bool
    is_identical: bool
    official: Product | None
    to_official: Comparison | None
    to_nearest: Comparison | None
    sentence: str
    notes: tuple[str, ...] = ()


def verify(connection: Connection, data: bytes, at: int, source: str = DEFAULT_SOURCE) -> Verified:
    """Tell what the bytes of a file are.

    Raises:
        Invalid: they are no certification list.
    """
    given = read(data)
    digests = {sha256(data), sha256(to_bytes(given.lists))}
    known = [each for each in products(connection, at) if each.state is not State.WITHDRAWN]
    known.sort(key=lambda each: (each.state is State.OFFICIAL, each.official or each.sequence), reverse=True)
    found = next((each for each in known if digests & _digests(each)), None)
    nearest = found or _nearest(connection, known, given.lists)
    official = official_of(connection, nearest.series, at) if nearest else None
    to_official = _differs(connection, official, given.lists, source, at)
    to_nearest = None if found else _differs(connection, nearest, given.lists, source, at)
    is_identical = found is not None and sha256(data) in _digests(found)
    if found is None:
        sentence = _unknown(nearest, to_nearest)
    else:
        sentence = _known(found, official, to_official, is_identical=is_identical)
    return Verified(
        nearest, found is not None, is_identical, official, to_official, to_nearest, sentence, given.notes
    )


def _digests(product: Product) -> set[str]:
    return {product.sha256, str(product.manifest.get("published_sha256", product.sha256))}


def _nearest(connection: Connection, known: list[Product], lists: Mapping[int, Ranges]) -> Product | None:
    """Return what differs in the fewest runs; of equals the official, then the newest."""

    own = size(lists)

    def distance(each: Product) -> int:
        return len(differing_runs(parsed(body_of(connection, each.name)), lists))

    alike = sorted(known, key=lambda each: abs(int(each.manifest["lumisections"]) - own))[:_COMPARED]
    # of equals the first: those that are official stand there
    alike.sort(key=known.index)
    return min(alike, key=distance, default=None)


def _differs(
    connection: Connection, product: Product | None, lists: Mapping[int, Ranges], source: str, at: int
) -> Comparison | None:
    """Return what the file has more and less than a product; None where that is nothing."""
    if product is None:
        return None
    listed = parsed(body_of(connection, product.name))
    return None if listed == lists else compare(connection, listed, lists, source, at)


def _known(found: Product, official: Product | None, differs: Comparison | None, *, is_identical: bool) -> str:
    words = [f"{found.name}: {'official' if found.official else found.state.value}"]
    if found.state is State.SUPERSEDED and official is not None:
        how = difference(differs) if differs else "with the same lumisections"
        words += [f"superseded by {official.name}", how]
    if found.state is State.PROPOSED:
        words.append("no second person has approved it yet")
    if not is_identical:
        words.append("in another layout than the published bytes")
    return ", ".join(words) + "."


def _unknown(nearest: Product | None, differs: Comparison | None) -> str:
    if nearest is None or differs is None:
        return "No product: there is none yet to compare it with."
    return f"No product; nearest is {nearest.name} ({nearest.state.value}), {difference(differs)}."


def difference(found: Comparison) -> str:
    """Say in how many runs and lumisections a list differs, and name the first runs."""
    runs = sorted((*found.added, *found.removed, *found.changed))
    named = ", ".join(map(str, runs[:_NAMED])) + (", …" if len(runs) > _NAMED else "")
    many = f"{len(runs):,} run{'' if len(runs) == 1 else 's'}"
    return f"differs in {many}: {named} (LS: {found.ls_added:,} more, {found.ls_removed:,} less)"
