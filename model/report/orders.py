"""Reports that are being made beside the web: how far each is stands in the shared cache, for all workers."""

from dataclasses import asdict, dataclass

import orjson

from model.cache import Cache, key
from model.errors import NotFound


@dataclass(frozen=True)
class Order:
    """How far a report is.

    Args:
        state: `making`, `frozen` or `refused`.
        done, of: parts of it.
        report: its name, where it is frozen.
        error, message: why not, where it was refused.
    """

    state: str = "making"
    done: int = 0
    of: int = 0
    report: str = ""
    error: str = ""
    message: str = ""


def keep(cache: Cache, name: str, order: Order) -> None:
    """Say how far a report is."""
    cache.set(_key(name), orjson.dumps(asdict(order)))


def order_of(cache: Cache, name: str) -> Order:
    """Return how far a report is.

    Raises:
        NotFound: none was ordered under this name, or it was long ago.
    """
    found = cache.get(_key(name))
    if found is None:
        raise NotFound(f"No report is being made as {name[:60]}: see the list of reports, or order it again.")
    return Order(**orjson.loads(found))


def _key(name: str) -> str:
    return key("report-order", name)
