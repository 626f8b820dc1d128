"""How JavaScript turns one kind of value into another and compares them.

Source: ECMA-262 sections 7.1 (type conversion) and 7.2 (comparison).
"""

import math
import re
from decimal import Decimal

from rules.values import MISSING, Value

_WHITE = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_TRIM = re.compile(f"^[{_WHITE}]+|[{_WHITE}]+\\Z")
_DECIMAL = r"[+-]?(?:Infinity|[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
_NUMBER = re.compile(_DECIMAL)
_RADIX = re.compile(r"0(?:[xX]([0-9a-fA-F]+)|[oO]([0-7]+)|[bB]([01]+))")
_SAFE = 2**53


def truthy(value: Value) -> bool:
    """Tell whether JsonLogic counts a value as true."""
    if isinstance(value, dict):
        return True
    if value is MISSING or (isinstance(value, float) and math.isnan(value)):
        return False
    return bool(value)


def as_double(number: int | float) -> float:
    """Return a number as the nearest double, infinite when it is too large."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def to_primitive(value: Value) -> None | bool | int | float | str | object:
    """Return a list or an object as its text, anything else unchanged."""
    return to_string(value) if isinstance(value, list | dict) else value


def to_number(value: object) -> float:
    """Convert as JavaScript's `Number(value)`."""
    if isinstance(value, bool):
        return 1.0 if value else 0.0
    if isinstance(value, int | float):
        return as_double(value)
    if value is None:
        return 0.0
    if value is MISSING:
        return math.nan
    return _text_to_number(value if isinstance(value, str) else to_string(value))


def _text_to_number(text: str) -> float:
    text = _TRIM.sub("", text)
    if not text:
        return 0.0
    if _NUMBER.fullmatch(text):
        return float(text)
    radix = _RADIX.fullmatch(text)
    if radix is None:
        return math.nan
    group = radix.lastindex or 1
    return as_double(int(radix[group], {1: 16, 2: 8, 3: 2}[group]))


def parse_float(value: Value) -> float:
    """Convert as JavaScript's `parseFloat(value)`: the longest number a text begins with."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return as_double(value) + 0.0
    match = _NUMBER.match(_TRIM.sub("", to_string(value)))
    return float(match[0]) if match else math.nan


def to_string(value: object) -> str:
    """Convert as JavaScript's `String(value)`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, list):
        return join(value, ",")
    if value is None:
        return "null"
    return "undefined" if value is MISSING else "[object Object]"


def join(values: list[Value], separator: str) -> str:
    """Join as JavaScript's `Array.join`: null and undefined leave nothing."""
    return separator.join("" if v is None or v is MISSING else to_string(v) for v in values)


def number_text(number: int | float) -> str:
    """Write a number as JavaScript does."""
    if isinstance(number, int) and -_SAFE < number < _SAFE:
        return str(number)
    double = as_double(number)
    if not math.isfinite(double):
        return "NaN" if math.isnan(double) else "Infinity" if double > 0 else "-Infinity"
    if double == 0:
        return "0"
    parts = Decimal(repr(abs(double))).normalize().as_tuple()
    digits = "".join(map(str, parts.digits))
    return ("-" if double < 0 else "") + _placed(digits, len(digits) + int(parts.exponent))


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    return f"{mantissa}e{point - 1:+d}"


def utf16(text: str) -> bytes:
    """Return the UTF-16 code units of a text, in the byte order that sorts like JavaScript."""
    return text.encode("utf-16-be", "surrogatepass")


def from_utf16(units: bytes) -> str:
    """Return the text that has these UTF-16 code units."""
    return units.decode("utf-16-be", "surrogatepass")


def strict_equal(a: Value, b: Value) -> bool:
    """Compare as JavaScript's `===`."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return as_double(a) == as_double(b)
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    return a is b


def loose_equal(a: Value, b: Value) -> bool:
    """Compare as JavaScript's `==`."""
    a_empty, b_empty = a is None or a is MISSING, b is None or b is MISSING
    if a_empty or b_empty:
        return a_empty and b_empty
    if isinstance(a, list | dict) and isinstance(b, list | dict):
        return a is b
    left, right = to_primitive(a), to_primitive(b)
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    return to_number(left) == to_number(right)


def less(a: Value, b: Value) -> bool:
    """Compare as JavaScript's `<`."""
    left, right = to_primitive(a), to_primitive(b)
    if isinstance(left, str) and isinstance(right, str):
        return utf16(left) < utf16(right)
    return to_number(left) < to_number(right)


def less_or_equal(a: Value, b: Value) -> bool:
    """Compare as JavaScript's `<=`."""
    left, right = to_primitive(a), to_primitive(b)
    if isinstance(left, str) and isinstance(right, str):
        return utf16(left) <= utf16(right)
    return to_number(left) <= to_number(right)
