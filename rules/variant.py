"""A rule taken apart into its top-level clauses as it was written, and put together with changes."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rules.syntax import Rule, canonical_text
from rules.values import Json, operation
from rules.wording import say

_KEY_LENGTH = 8


@dataclass(frozen=True)
class Part:
    """One top-level clause.

    Args:
        key: names it as long as its text is the same, whatever stands before it.
        numbers: the constants in it, in the order in which they are written.
    """

    key: str
    ast: Json = field(compare=False, repr=False)
    text: str
    numbers: tuple[float, ...]


@dataclass(frozen=True)
class Variation:
    """How a rule is varied; what names no clause of the rule changes nothing.

    Args:
        off: clauses left out.
        numbers: constants by clause and place among its numbers.
        order: clauses that come first, in this order; the others follow as they were written.
    """

    off: frozenset[str] = frozenset()
    numbers: Mapping[tuple[str, int], float] = field(default_factory=dict)
    order: tuple[str, ...] = ()


def parts(rule: Rule) -> tuple[Part, ...]:
    """Return the top-level clauses of a rule, a flag as one of them; none where it is always true."""
    found: list[Part] = []
    seen: dict[str, int] = {}
    for ast in _conjuncts(rule.ast) if rule.ast is not True else ():
        digest = hashlib.sha256(canonical_text(ast).encode("utf-8", "surrogatepass")).hexdigest()
        key = digest[:_KEY_LENGTH]
        seen[key] = seen.get(key, 0) + 1
        named = key if seen[key] == 1 else f"{key}.{seen[key]}"
        found.append(Part(named, ast, say(ast), tuple(_numbers(ast))))
    return tuple(found)


def kept_parts(rule: Rule, variation: Variation) -> tuple[Part, ...]:
    """Return the clauses that a variation leaves in, in its order, each as the rule has it."""
    found = {part.key: part for part in parts(rule) if part.key not in variation.off}
    first = [found.pop(key) for key in variation.order if key in found]
    return (*first, *found.values())


def varied(rule: Rule, variation: Variation) -> Json:
    """Return the logic of a rule with a variation; the rule's own where nothing differs."""
    chosen = kept_parts(rule, variation)
    changed = [_with_numbers(part, variation.numbers) for part in chosen]
    if changed == [part.ast for part in parts(rule)]:
        return rule.ast
    return {"and": changed} if changed else True


def _conjuncts(ast: Json) -> list[Json]:
    operator, operands = operation(ast)
    if operator == "and" and operands:
        return [each for operand in operands for each in _conjuncts(operand)]
    return [ast]


def _numbers(ast: Json) -> Iterator[float]:
    if isinstance(ast, int | float) and not isinstance(ast, bool):
        yield ast
    elif isinstance(ast, list):
        for each in ast:
            yield from _numbers(each)
    elif operation(ast)[0] != "var":
        yield from _numbers(operation(ast)[1])


def _with_numbers(part: Part, given: Mapping[tuple[str, int], float]) -> Json:
    said = [given.get((part.key, place), number) for place, number in enumerate(part.numbers)]
    return part.ast if said == list(part.numbers) else _replaced(part.ast, iter(said))


def _replaced(ast: Json, numbers: Iterator[float]) -> Json:
    if isinstance(ast, int | float) and not isinstance(ast, bool):
        return next(numbers)
    if isinstance(ast, list):
        return [_replaced(each, numbers) for each in ast]
    operator, operands = operation(ast)
    return {operator: _replaced(operands, numbers)} if operator and operator != "var" else ast
