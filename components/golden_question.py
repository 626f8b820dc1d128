"""What the Golden page asks, as it stands in the address and as hands change it."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from rules.unknown import NullPolicy
from rules.variant import Variation

#: the choice that leaves a rule its own null policy; a choice cannot be empty
AS_KEPT = "kept"
#: the choice of every class, era or cycle
ANY = "any"
#: ways to account for what is lost, the first one unless asked otherwise
WAYS = ("order", "exclusive", "inclusive")
_KEY = re.compile(r"[0-9a-f]{8}(?:\.\d{1,3})?")
_NUMBER = re.compile(r"([0-9a-f]{8}(?:\.\d{1,3})?)~(\d{1,3}):(.{1,30})")
_VARIES = ("off", "numbers", "order")


@dataclass(frozen=True)
class Asked:
    """The question of the page, each part as it is typed or chosen; empty where nothing was said.

    Args:
        variation: what is switched, moved and changed in the rule.
        dropped: what the address said and means nothing, in sentences.
    """

    rule: str = ""
    dataset: str = ""
    run_class: str = ANY
    era: str = ANY
    runs: str = ""
    cycle: str = ANY
    several: str = "refuse"
    null_policy: str = AS_KEPT
    losses: str = WAYS[0]
    variation: Variation = field(default_factory=Variation)
    dropped: tuple[str, ...] = ()

    def chosen(self) -> dict[str, str]:
        """Return what the controls hold, by name."""
        return {name: getattr(self, name) for name in CONTROLS}

    def conditions(self) -> dict[str, str]:
        """Return class, era, runs and cycle, empty where every one will do."""
        names = ("run_class", "era", "runs", "cycle")
        return {name: "" if (word := getattr(self, name)) == ANY else word for name in names}

    def with_hand(self, changed: Mapping[str, str], hand: Any) -> "Asked":
        """Return the question after a hand changed controls or switches; another rule starts afresh."""
        if "rule" in changed:
            return replace(self, rule=changed["rule"], dataset="", null_policy=AS_KEPT, variation=Variation())
        words: dict[str, Any] = {name: value.strip() for name, value in changed.items()}
        after = replace(self, **words)
        return after if hand is None else replace(after, **_hand(after, hand))

    def search(self, besides: Mapping[str, str]) -> str:
        """Return the address of the question.

        Args:
            besides: what else stands in the address and stays.
        """
        plain = Asked()
        said = {name: value for name, value in self.chosen().items() if value and value != getattr(plain, name)}
        change = self.variation
        numbers = [f"{key}~{place}:{value:g}" for (key, place), value in sorted(change.numbers.items())]
        varied = {"off": sorted(change.off), "numbers": numbers, "order": change.order}
        said |= {name: ",".join(each) for name, each in varied.items() if each}
        query = urlencode({**besides, **said}, safe="/,~:")
        return f"?{query}" if query else ""


#: the fields that are controls of the page
CONTROLS = tuple(f.name for f in fields(Asked) if f.name not in ("variation", "dropped"))


def asked_of(search: str | None) -> Asked:
    """Read the question of an address; what means nothing is dropped, and said."""
    said = {name: values[0] for name, values in parse_qs((search or "").lstrip("?")).items()}
    dropped = []
    known = {"null_policy": [AS_KEPT, *(policy.value for policy in NullPolicy)], "losses": WAYS}
    for name, choices in known.items():
        if name in said and said[name] not in choices:
            dropped.append(f"{name} “{said.pop(name)[:40]}” is none of {', '.join(choices)} and was dropped.")
    words = {name: [w for w in said.get(name, "").split(",") if w] for name in _VARIES}
    variation, strange = _variation(words["off"], words["numbers"], words["order"])
    if strange:
        dropped.append(f"“{strange[0][:40]}” names no clause and was dropped.")
    controls = {name: said[name] for name in CONTROLS if said.get(name)}
    return Asked(**controls, variation=variation, dropped=tuple(dropped))


def besides(search: str | None) -> dict[str, str]:
    """Return what stands in an address and is no part of the question."""
    said = {name: values[0] for name, values in parse_qs((search or "").lstrip("?")).items()}
    return {name: value for name, value in said.items() if name not in (*CONTROLS, *_VARIES)}


def _variation(off: list[str], numbers: list[str], order: list[str]) -> tuple[Variation, list[str]]:
    read: dict[tuple[str, int], float] = {}
    strange = [key for key in (*off, *order) if not _KEY.fullmatch(key)]
    for word in numbers:
        match = _NUMBER.fullmatch(word)
        number = _number(match[3]) if match else None
        if match is None or number is None:
            strange.append(word)
        else:
            read[match[1], int(match[2])] = number
    keys = [key for key in order if _KEY.fullmatch(key)]
    return Variation(frozenset(off) - set(strange), read, tuple(dict.fromkeys(keys))), strange


def _number(text: str) -> float | None:
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return None
    is_number = isinstance(found, int | float) and not isinstance(found, bool)
    return found if is_number and math.isfinite(found) else None


def _hand(asked: Asked, hand: Any) -> dict[str, Any]:
    """Return what a hand did to the clauses; whoever moves one looks at the losses in order."""
    numbers = [f"{name}:{value}" for name, value in dict(hand["numbers"]).items()]
    variation, _ = _variation(list(hand["off"]), numbers, list(hand["order"]))
    moved = variation.order != asked.variation.order
    return {"variation": variation, "losses": WAYS[0] if moved else asked.losses}
