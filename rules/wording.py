"""A part of a rule in words: `energy >= 6500`, `WMass not in key`."""

from typing import Any

from rules.coercion import to_string
from rules.values import Json, operation

_INFIX = {"==": "=", "===": "=", "!=": "!=", "!==": "!=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
_ARITHMETIC = frozenset(["+", "-", "*", "/", "%"])
_OPPOSITE = {"=": "!=", "!=": "="}
_CLAIMS = frozenset(_INFIX) | {"!", "!!", "in"}
_COMPOUND = _CLAIMS | _ARITHMETIC | {"and", "or", "if", "?:"}


def say(ast: Json, *, negated: bool = False) -> str:
    """Return a part of a rule, or its negation, as one line of text."""
    operator, operands = operation(ast)
    if operator in ("and", "or"):
        joint = operator if not negated else "or" if operator == "and" else "and"
        return f" {joint} ".join(_bracketed(each, joint, negated=negated) for each in operands)
    if operator in ("!", "!!") and operands:
        return say(operands[0], negated=negated is not (operator == "!"))
    if operator in ("if", "?:"):
        return _negation(_choice(operands), negated=negated)
    if operator == "in" and len(operands) == 2:
        return f"{_operand(operands[0])} {'not in' if negated else 'in'} {_operand(operands[1])}"
    if operator in _INFIX and len(operands) >= 2:
        return _comparison(operator, operands, negated=negated)
    text = _term(ast, operator, operands)
    return f"not {text}" if negated else text


def _comparison(operator: str, operands: list[Any], *, negated: bool) -> str:
    for part, other in (operands[:2], operands[1::-1]):
        if isinstance(other, bool) and operation(part)[0] in _CLAIMS and operator[0] in "=!":
            flipped = other is not (operator[0] == "=")
            return say(part, negated=negated is not flipped)
    sign = _INFIX[operator]
    shown = operands[: 3 if sign in ("<", "<=") else 2]
    if negated and sign in _OPPOSITE:
        sign, negated = _OPPOSITE[sign], False
    return _negation(f" {sign} ".join(_operand(each) for each in shown), negated=negated)


def _negation(text: str, *, negated: bool) -> str:
    return f"not ({text})" if negated else text


def _bracketed(ast: Json, joint: str, *, negated: bool) -> str:
    text = say(ast, negated=negated)
    while operation(ast)[0] in ("!", "!!") and operation(ast)[1]:
        ast = operation(ast)[1][0]
    operator, operands = operation(ast)
    compound = operator in ("if", "?:") or (operator in ("and", "or") and len(operands) > 1)
    return f"({text})" if compound and not text.startswith("not (") else text


def _choice(operands: list[Any]) -> str:
    pairs = zip(operands[:-1:2], operands[1::2], strict=True)
    said = " else ".join(f"if {say(condition)} then {say(value)}" for condition, value in pairs)
    last = say(operands[-1]) if len(operands) % 2 else "null"
    return f"{said} else {last}" if said else last


def _operand(ast: Json) -> str:
    text = say(ast)
    return f"({text})" if operation(ast)[0] in _COMPOUND else text


def _term(ast: Json, operator: str, operands: list[Any]) -> str:
    if operator == "var" and operands:
        default = f" (default {say(operands[1])})" if len(operands) > 1 else ""
        return f"{to_string(operands[0])}{default}"
    if operator in _ARITHMETIC and len(operands) > 1:
        return f" {operator} ".join(_operand(each) for each in operands)
    if operator:
        return f"{operator}({', '.join(say(each) for each in operands)})"
    if isinstance(ast, list):
        return f"[{', '.join(say(each) for each in ast)}]"
    return to_string(ast) if ast != "" else '""'
