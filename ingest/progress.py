"""A progress bar on the terminal; a line per tenth where there is none."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WIDTH = 40
Tell = Callable[[int], None]


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that is told (done, in all)."""
    terminal = sys.stderr.isatty()
    tenth = -1

    def tell(done: int, total: int) -> None:
        nonlocal tenth
        share = done / total if total else 1.0
        if terminal:
            filled = round(_WIDTH * share)
            sys.stderr.write(f"\r{what} [{'█' * filled}{'·' * (_WIDTH - filled)}] {share:4.0%}")
            sys.stderr.flush()
        elif int(share * 10) > tenth:
            tenth = int(share * 10)
            sys.stderr.write(f"{what} {share:.0%}\n")

    yield tell
    if terminal:
        sys.stderr.write("\n")
