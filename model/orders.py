"""Long work that somebody may call off: a word in the shared cache, looked for between two pieces of it."""

from model.cache import Cache, key
from model.errors import CalledOff, Unreachable


def call_off(cache: Cache, order: str) -> None:
    """Ask for an end of the work of this name; what is done already stays done.

    Raises:
        Unreachable: nobody can be told, so the work goes on.
    """
    cache.set(_key(order), b"off")
    if cache.get(_key(order)) is None:
        said = "It could not be cancelled: what the hosts share does not answer. Try again in a moment."
        raise Unreachable(said)


def require_wanted(cache: Cache, order: str) -> None:
    """Let work go on that nobody called off.

    Raises:
        CalledOff: somebody did.
    """
    if cache.get(_key(order)) is not None:
        raise CalledOff("Cancelled: nothing was written.")


def _key(order: str) -> str:
    return key("called-off", order)
