"""What a rule of another system becomes here: a text with purpose, target and value, to be drafted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ingest.rules import certtools
from ingest.rules.aliases import Translated, Unmapped, translate
from ingest.rules.legacy import Legacy
from ingest.rules.rows import Shape, column_of
from model.rulebook.texts import Purpose, RuleText
from model.vocabulary import State
from rules.values import Json

#: what a missing value counts as in the system in use: it fails, as in plain JsonLogic
NULL_POLICY = "bad"
_LONGEST_NAME = 80
_LONGEST_TEXT = 2_000
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_-]+")
_NOT_IN_A_PATTERN = re.compile(r"[|()\[\]{}*+?]")


@dataclass(frozen=True)
class Draft:
    """A rule ready to be drafted, and what is to be said of it.

    Args:
        unmapped: names without counterpart, and what the row asks and no rule can say.
    """

    name: str
    text: RuleText
    legacy: Legacy
    translated: Translated
    unmapped: tuple[Unmapped, ...]


@dataclass(frozen=True)
class _Place:
    """Where a rule belongs: its name, purpose, target and value."""

    name: str
    purpose: Purpose = Purpose.SELECTION
    target: str = ""
    value: str = ""


def drafts(legacy: Legacy, source: str) -> tuple[Draft, ...]:
    """Return the drafts of one rule: none where the row has no rule, two where it decides between two values.

    Args:
        source: the file's name, which a rule without a name gets.
    """
    if legacy.rule is None:
        return ()
    translated = translate(legacy.rule, legacy.convention)
    stem = source.split(".", 1)[0]
    return tuple(
        _draft(legacy, translated, place, logic, source)
        for place, logic in _placed(legacy, translated.logic, stem)
    )


def _placed(legacy: Legacy, logic: Json, stem: str) -> Iterator[tuple[_Place, Json]]:
    row, shape = legacy.row, legacy.shape
    named, status, column = str(row.get("class")), str(row.get("status")), column_of(row)
    if shape is Shape.CLASS:
        yield _Place(f"class-{named}", Purpose.CLASS, "class", named), logic
    elif shape is Shape.SIGNIFICANCE:
        # there the row's class is asked before its rule is
        asked = {"and": [{"==": [{"var": "run.rr.class"}, named]}, logic]}
        yield _Place(f"significant-{named}", Purpose.SIGNIFICANCE, "significant", "true"), asked
    elif shape is Shape.ONLINE:
        yield _Place(f"online-{column}-{status}", Purpose.ONLINE_VERDICT, column, status), logic
    elif shape is Shape.OFFLINE:
        yield _Place(f"offline-{column}-{status}", Purpose.OFFLINE_DEFAULT, column, status), logic
    elif shape is Shape.WORKSPACE:
        where, purpose = str(row.get("workspace")), Purpose.WORKSPACE_SIGNIFICANCE
        yield _Place(f"workspace-{where}-open", purpose, where, State.OPEN), logic
        refused = _Place(f"workspace-{where}-not-significant", purpose, where, State.NOT_SIGNIFICANT)
        yield refused, {"!": [logic]}
    else:
        yield _Place(legacy.name or stem), logic


def _draft(legacy: Legacy, translated: Translated, place: _Place, logic: Json, source: str) -> Draft:
    datasets, left = _datasets(legacy)
    unmapped = (*translated.unmapped, *legacy.unmapped, *left)
    row: Mapping[str, Any] = legacy.row
    text = RuleText(
        logic,
        certtools.NULL_POLICY if legacy.shape is Shape.SELECTION else NULL_POLICY,
        _described(legacy, translated, unmapped, source),
        datasets,
        place.purpose,
        place.target,
        place.value,
        row.get("priority", RuleText.priority),
        row.get("enabled", RuleText.enabled),
    )
    return Draft(_name(place.name), text, legacy, translated, unmapped)


def _described(legacy: Legacy, translated: Translated, unmapped: tuple[Unmapped, ...], source: str) -> str:
    parts = [f"From {source}: {legacy.name or legacy.shape}, {translated.convention} names."]
    parts += [f"{caveat}." for caveat in translated.caveats]
    if unmapped:
        parts.append(f"Without counterpart: {', '.join(dict.fromkeys(part.name for part in unmapped))}.")
    return " ".join(parts)[:_LONGEST_TEXT]


def _datasets(legacy: Legacy) -> tuple[str, tuple[Unmapped, ...]]:
    """Return the pattern of dataset names that stood beside a rule, and what of it is no pattern here."""
    for key in ("dataset_name_filter", "dataset_name", "dataset", "title"):
        written = legacy.row.get(key)
        if not isinstance(written, str) or not written or (key == "title" and not written.startswith("/")):
            continue
        if _NOT_IN_A_PATTERN.search(written):
            said = "a pattern has % and _ only; name its datasets one pattern at a time"
            return "%", (Unmapped(f"/{key}", written, said),)
        return written, ()
    return "%", ()


def _name(written: str) -> str:
    return _NOT_IN_A_NAME.sub("-", written.lower()).strip("-_")[:_LONGEST_NAME] or "rule"


def numbered(found: list[Draft]) -> list[Draft]:
    """Return the drafts with a number behind each name that an earlier one has."""
    taken: set[str] = set()
    out = []
    for draft in found:
        name, count = draft.name, 1
        while name in taken:
            count += 1
            name = f"{draft.name[: _LONGEST_NAME - 5]}-{count}"
        taken.add(name)
        out.append(replace(draft, name=name))
    return out
