"""Two voices over one column: a person outranks a machine, per lumisection, whatever the order."""

from dataclasses import dataclass
from typing import NamedTuple

from model.ranges import Ranges, Valued, canonical, intersect, merge, overlay, subtract


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
        spoken = self._spoken()
        below = [(rest, said) for span, said in self.rule for rest in subtract((span,), spoken)]
        return merge(sorted([*below, *self.person], key=lambda item: item[0]))

    def overruled(self) -> Layer:
        """Return what rules said where a person spoke."""
        spoken = self._spoken()
        return merge([(part, said) for span, said in self.rule for part in intersect((span,), spoken)])

    def given(self, spans: Ranges, said: Said | None, *, is_person: bool) -> "Voices":
        """Return the voices after one of them spoke; None takes back what it said."""
        if is_person:
            return Voices(overlay(self.person, spans, said), self.rule)
        return Voices(self.person, overlay(self.rule, spans, said))

    def _spoken(self) -> Ranges:
        return canonical(span for span, _ in self.person)


def voices(effective: Layer, overruled: Layer, persons: frozenset[int]) -> Voices:
    """Take the stored tables apart into the two voices again."""
    person = [item for item in effective if item[1].author_id in persons]
    rule = [item for item in effective if item[1].author_id not in persons]
    return Voices(person, merge(sorted([*rule, *overruled], key=lambda item: item[0])))
