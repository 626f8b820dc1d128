"""Two voices over one column: a person outranks a machine, per lumisection, whatever the order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from model.ranges import Ranges, Valued, canonical, divide, merge, overlay_each


class Said(NamedTuple):
    """One verdict as stored: status and the ids of cause, comment and author."""

    status: int
    cause_id: int
    comment_id: int
    author_id: int


Layer = list[Valued[Said]]


@dataclass(frozen=True)
class Voices:
    """What persons said and what rules said, each sorted, disjoint and maximal."""

    person: Layer
    rule: Layer

    def effective(self) -> Layer:
        """Return what counts."""
        _, below = divide(self.rule, self._spoken())
        return merge(sorted([*below, *self.person], key=lambda item: item[0]))

    def overruled(self) -> Layer:
        """Return what rules said where a person spoke."""
        return merge(divide(self.rule, self._spoken())[0])

    def given(self, said: Sequence[tuple[Ranges, Said]], *, is_person: bool) -> "Voices":
        """Return the voices after one of them said things, one after the other."""
        if is_person:
            return Voices(overlay_each(self.person, said), self.rule)
        return Voices(self.person, overlay_each(self.rule, said))

    def _spoken(self) -> Ranges:
        return canonical(span for span, _ in self.person)


def voices(effective: Layer, overruled: Layer, persons: frozenset[int]) -> Voices:
    """Take the stored tables apart into the two voices again."""
    person = [item for item in effective if item[1].author_id in persons]
    rule = [item for item in effective if item[1].author_id not in persons]
    return Voices(person, merge(sorted([*rule, *overruled], key=lambda item: item[0])))
