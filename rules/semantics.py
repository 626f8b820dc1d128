"""What a rule means: a tree walk that is the specification, and closures that are fast.

Both give exactly what json-logic-js 2.0.5 gives, `undefined` (MISSING) and NaN included.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from rules.coercion import truthy
from rules.errors import NotEvaluable
from rules.operators import OPERATORS
from rules.values import MISSING, Json, Value, is_operation, operand, operation

Compiled: TypeAlias = Callable[[Value], Value]

LOOPS = frozenset(["map", "filter", "reduce", "all", "none", "some"])
KNOWN_OPERATORS = frozenset(OPERATORS) | LOOPS | {"and", "or", "if", "?:"}


def apply(rule: Json, data: Value) -> Value:
    """Evaluate a rule on data by walking its tree.

    Raises:
        NotEvaluable: an operator that does not exist, or an operation that has no value.
    """
    return _walk(rule, data)


def _walk(node: Value, data: Value) -> Value:
    if isinstance(node, list):
        return [_walk(element, data) for element in node]
    if not is_operation(node):
        return node
    operator, operands = operation(node)
    if operator in ("if", "?:"):
        return _choose(operands, data)
    if operator in ("and", "or"):
        return _first(operands, data, stop=operator == "or")
    if operator in LOOPS:
        items = _walk(operand(operands, 0), data)
        body, start = operand(operands, 1), operand(operands, 2)
        initial = None if start is MISSING else _walk(start, data)
        return _loop(operator, items, lambda scope: _walk(body, scope), initial)
    if operator not in OPERATORS:
        raise NotEvaluable(f"There is no operator called {operator}.")
    return OPERATORS[operator](data, [_walk(each, data) for each in operands])


def _choose(operands: list[Any], data: Value) -> Value:
    for index in range(0, len(operands) - 1, 2):
        if truthy(_walk(operands[index], data)):
            return _walk(operands[index + 1], data)
    return _walk(operands[-1], data) if len(operands) % 2 else None


def _first(operands: list[Any], data: Value, *, stop: bool) -> Value:
    current: Value = MISSING
    for each in operands:
        current = _walk(each, data)
        if truthy(current) is stop:
            return current
    return current


def _loop(operator: str, items: Value, body: Compiled, initial: Value) -> Value:
    if operator == "reduce":
        result = initial
        for item in items if isinstance(items, list) else []:
            result = body({"current": item, "accumulator": result})
        return result
    elements = items if isinstance(items, list) else []
    if operator == "map":
        return [body(item) for item in elements]
    if operator == "filter":
        return [item for item in elements if truthy(body(item))]
    return _quantified(operator, (truthy(body(item)) for item in elements), empty=not elements)


def _quantified(operator: str, claims: Iterable[bool], *, empty: bool) -> bool:
    if operator == "all":
        return not empty and all(claims)
    return any(claims) is (operator == "some")


def compile_rule(rule: Json) -> Compiled:
    """Turn a rule into a function of the data that gives the same value as `apply`.

    Raises:
        NotEvaluable: an operator that does not exist.
    """
    return _compiled(rule)


def _compiled(node: Value) -> Compiled:
    if isinstance(node, list):
        elements = [_compiled(element) for element in node]
        return lambda data: [element(data) for element in elements]
    if not is_operation(node):
        return lambda data: node
    operator, operands = operation(node)
    parts = [_compiled(each) for each in operands]
    if operator in ("if", "?:"):
        return _compiled_choice(parts)
    if operator in ("and", "or"):
        return _compiled_first(parts, stop=operator == "or")
    if operator in LOOPS:
        return _compiled_loop(operator, parts)
    if operator not in OPERATORS:
        raise NotEvaluable(f"There is no operator called {operator}.")
    return _compiled_call(operator, parts)


def _compiled_call(operator: str, parts: list[Compiled]) -> Compiled:
    function = OPERATORS[operator]
    if len(parts) == 2:
        left, right = parts
        return lambda data: function(data, [left(data), right(data)])
    return lambda data: function(data, [part(data) for part in parts])


def _compiled_choice(parts: list[Compiled]) -> Compiled:
    pairs = list(zip(parts[:-1:2], parts[1::2], strict=True))
    otherwise = parts[-1] if len(parts) % 2 else _compiled(None)

    def choose(data: Value) -> Value:
        for condition, value in pairs:
            if truthy(condition(data)):
                return value(data)
        return otherwise(data)

    return choose


def _compiled_first(parts: list[Compiled], *, stop: bool) -> Compiled:
    def first(data: Value) -> Value:
        current: Value = MISSING
        for part in parts:
            current = part(data)
            if truthy(current) is stop:
                return current
        return current

    return first


def _compiled_loop(operator: str, parts: list[Compiled]) -> Compiled:
    undefined = _compiled(MISSING)
    items, body, start = (parts + [undefined] * 3)[:3]
    initial = start if len(parts) > 2 else _compiled(None)
    return lambda data: _loop(operator, items(data), body, initial(data))
