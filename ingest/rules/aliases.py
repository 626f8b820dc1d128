"""The names of a rule in another convention, translated into ours; what has no counterpart is listed."""

from dataclasses import dataclass
from typing import NamedTuple

from ingest.rules.conventions import ALIASES, FAMILIES, WITHOUT_COUNTERPART, Alias, Convention, Family
from model.frames.schema import SCHEMA
from rules.flags import PREFIX
from rules.schema import Schema
from rules.semantics import LOOPS
from rules.syntax import parse
from rules.values import Json, child_pointers, operation

_BY_NAME = {(alias.convention, alias.name): alias for alias in ALIASES}
_WORDS_OF_A_VERDICT = (".cause", ".comment")
#: put before a name without a counterpart that would be taken for one of ours
UNMAPPED = "unmapped."
_BEAMS = "beams_present_and_stable"


class Mapped(NamedTuple):
    """A name that has a counterpart here, and where it stands."""

    name: str
    path: str
    pointer: str


class Unmapped(NamedTuple):
    """A name without one, left as it is, and what may have been meant."""

    pointer: str
    name: str
    suggestion: str


@dataclass(frozen=True)
class Translated:
    """A rule in our names.

    Args:
        logic: the rule; names in `unmapped` stand as they were or, where that is a name of ours, behind
            `unmapped.`, so that the checker refuses them.
        caveats: sentences on names that mean something slightly different here.
    """

    logic: Json
    convention: Convention
    mapped: tuple[Mapped, ...]
    unmapped: tuple[Unmapped, ...]
    caveats: tuple[str, ...]


def translate(logic: Json, convention: Convention | None = None, schema: Schema = SCHEMA) -> Translated:
    """Put the names of a rule into ours.

    Args:
        convention: what its names mean; without one it is told from the names.
        schema: the variables there are.

    Raises:
        RuleError: it is no rule.
    """
    rule = parse(logic)
    used = convention or detected(rule.variables)
    work = _Translation(used, schema)
    translated = work.node(rule.ast, "")
    return Translated(translated, used, tuple(work.mapped), tuple(work.unmapped), tuple(work.caveats))


def detected(names: frozenset[str]) -> Convention:
    """Return the convention that the names of a rule speak of; paths win over flat names."""
    if any(name.startswith(("Run.", "dataset_attributes.", "DatasetTripletCache.")) for name in names):
        return Convention.DATASET
    if any(name.startswith(("run.", "lumisection.", "dataset.", PREFIX)) for name in names):
        words = (".status", *_WORDS_OF_A_VERDICT)
        nested = any(name.startswith("lumisection.rr.") and name.endswith(words) for name in names)
        return Convention.NESTED if nested else Convention.GOLDEN
    if names and all((Convention.V3, name) in _BY_NAME or name in WITHOUT_COUNTERPART for name in names):
        return Convention.V3
    of_lumisections = any(f"lumisection.oms.{name}" in SCHEMA for name in names)
    return Convention.LUMISECTION if of_lumisections and _BEAMS not in names else Convention.RUN


class _Translation:
    """One translation: the rule is copied, names are looked up one by one."""

    def __init__(self, convention: Convention, schema: Schema) -> None:
        self.mapped: list[Mapped] = []
        self.unmapped: list[Unmapped] = []
        self.caveats: dict[str, None] = {}
        self._convention = convention
        self._schema = schema

    def node(self, ast: Json, pointer: str) -> Json:
        if isinstance(ast, list):
            return [self.node(each, f"{pointer}/{index}") for index, each in enumerate(ast)]
        operator, operands = operation(ast)
        if not isinstance(ast, dict) or not operator:
            return ast
        pointers = child_pointers(ast, pointer)
        if operator == "var":
            rest = [self.node(*each) for each in zip(operands[1:], pointers[1:], strict=True)]
            done = [self._named(operands[0], pointer), *rest] if operands else []
        elif operator in ("missing", "missing_some"):
            counted = operator == "missing_some"
            done = [*operands[:counted], *(self._listed(each, pointer) for each in operands[counted:])]
        else:
            done = [
                each if operator in LOOPS and place == 1 else self.node(each, inner)
                for place, (each, inner) in enumerate(zip(operands, pointers, strict=True))
            ]
        return {operator: done if isinstance(ast[operator], list) else done[0]}

    def _listed(self, part: Json, pointer: str) -> Json:
        if isinstance(part, list):
            return [self._listed(each, pointer) for each in part]
        return self._named(part, pointer)

    def _named(self, written: Json, pointer: str) -> Json:
        name = str(written)
        path, caveat = _found(name, self._convention, self._schema)
        if not path:
            self.unmapped.append(Unmapped(pointer, name, self._suggestion(name)))
            # a name that means something else here must not pass for it
            return f"{UNMAPPED}{name}" if name in self._schema else written
        self.mapped.append(Mapped(name, path, pointer))
        if caveat:
            self.caveats[f"{name}: {caveat}"] = None
        return path

    def _suggestion(self, name: str) -> str:
        if name in WITHOUT_COUNTERPART:
            return WITHOUT_COUNTERPART[name]
        for word in _WORDS_OF_A_VERDICT:
            status = name.removesuffix(word)
            if status != name and status in self._schema:
                return f"a rule reads the status alone: {status}"
        path = next(filter(None, (_found(name, each, self._schema)[0] for each in Convention)), "")
        return path or " or ".join(self._schema.suggest(name))


def _found(name: str, convention: Convention, schema: Schema) -> tuple[str, str]:
    """Return our path for a name, and what differs; "" where there is none."""
    if convention is Convention.GOLDEN and name.startswith(PREFIX):
        return name, ""
    alias: Alias | None = _BY_NAME.get((convention, name))
    if alias is not None and alias.path in schema:
        return alias.path, alias.caveat
    for family in FAMILIES:
        path = _of_family(name, family) if family.convention is convention else ""
        if path in schema:
            return path, family.caveat
    return "", ""


def _of_family(name: str, family: Family) -> str:
    if not (name.startswith(family.prefix) and name.endswith(family.suffix)):
        return ""
    middle = name[len(family.prefix) : len(name) - len(family.suffix)]
    return f"{family.to_prefix}{middle}{family.to_suffix}"
