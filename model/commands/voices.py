"""The voices of rules: who of a list says what where, and what of it was not said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.authors import NOBODY
from model.queries.verdicts import Verdict
from model.ranges import Ranges, canonical, intersect, subtract
from model.rulebook.book import RuleVersion
from model.rulebook.deciding import OPEN, Said
from model.vocabulary import Status


@dataclass(frozen=True, order=True)
class Voice:
    """What a rule says wherever it decides; the author names rule and version."""

    author: str
    status: str
    cause: str
    comment: str


def spoken(said: Said, rules: Sequence[RuleVersion]) -> dict[int, dict[Voice, Ranges]]:
    """Return of each unit who says what where; what no rule decides is NOTSET, with the reason."""
    found: dict[int, dict[Voice, Ranges]] = {}
    deciders, codes = said.decisions.deciders, said.decisions.codes
    for decider, code in np.unique(np.stack([deciders, codes]), axis=1).T.tolist():
        where = (deciders == decider) & (codes == code) & said.frames.exists
        for unit, spans in said.frames.ranges(where).items():
            found.setdefault(unit, {})[_voice(rules, decider, said.decisions.values[code])] = spans
    return found


def news(
    before: Mapping[str, Sequence[Verdict]], said: Mapping[str, Mapping[Voice, Ranges]]
) -> tuple[dict[str, Any], ...]:
    """Return as verdicts what voices say of columns and no machine said before."""
    fresh: dict[Voice, dict[str, Ranges]] = {}
    for column, voices in said.items():
        by_machines = [v for v in before[column] if not v.is_person]
        for voice, spans in voices.items():
            known = canonical(v.span for v in by_machines if _same(v, voice))
            if new := subtract(spans, intersect(spans, known)):
                fresh.setdefault(voice, {})[column] = new
    return tuple(_verdicts(fresh))


def _voice(rules: Sequence[RuleVersion], decider: int, value: str) -> Voice:
    if decider < 0:
        reason = "data is missing that the rules read" if value == OPEN else "no rule of the list holds"
        return Voice(NOBODY, Status.NOTSET.name, "", f"{value}: {reason}")
    rule = rules[decider]
    return Voice(rule.author, value, "", "" if value == Status.GOOD.name else rule.text.description)


def _same(verdict: Verdict, voice: Voice) -> bool:
    mine = (verdict.author, verdict.status.name, verdict.cause, verdict.comment)
    return mine == (voice.author, voice.status, voice.cause, voice.comment)


def _verdicts(voices: Mapping[Voice, Mapping[str, Ranges]]) -> list[dict[str, Any]]:
    grouped: dict[tuple[Voice, Ranges], list[str]] = {}
    for voice, columns in sorted(voices.items()):
        for column, spans in columns.items():
            grouped.setdefault((voice, spans), []).append(column)
    return [
        {
            "author": voice.author,
            "columns": columns,
            "ranges": [list(span) for span in spans],
            "status": voice.status,
            "cause": voice.cause,
            "comment": voice.comment,
        }
        for (voice, spans), columns in grouped.items()
    ]
