"""The address of the page of trends: what it says, and what can be chosen instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from model.vocabulary import Stage

#: what the address may say of what was picked
PICKS = ("brush", "lost", "cause", "time")
#: all that it may say
KNOWN = ("stage", "era", "runs", "by", "source", "rule", "null_policy", "of", "how", "k", *PICKS, "as_of")


@dataclass(frozen=True)
class Shown:
    """What the address says, what can be chosen, and what was dropped.

    Args:
        chosen: what each control shows, by its id.
    """

    kept: Mapping[str, str]
    stage: Stage
    chosen: Mapping[str, str]
    eras: Sequence[str]
    sources: Sequence[str]
    rules: Sequence[str]
    notes: Sequence[str] = ()

    def href(self, **changes: str) -> str:
        """Return the address with some of its words changed."""
        words = {name: said for name, said in {**self.kept, **changes}.items() if said}
        return f"/trends?{urlencode(words)}" if words else "/trends"

    def noted(self, kept: Mapping[str, str], note: str) -> "Shown":
        """Return the same with less kept, and why."""
        return replace(self, kept=kept, notes=(*self.notes, note))
