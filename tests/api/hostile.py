"""Bodies as somebody who means harm, or a broken program, would send them; the same for the same seed."""

import json
from random import Random
from typing import Any

from rules.semantics import KNOWN_OPERATORS

OPERATORS = sorted(KNOWN_OPERATORS)
LOOPS = ["map", "filter", "reduce", "all", "some", "none"]
STRANGE = ["and", "a", "\ud800", "", "Var", "=", "log", "method"]
BRACKETS = [("[", "]"), ('{"!":', "}"), ('{"a":', "}"), ('{"and":[', "]}"), ('{"var":[', "]}")]
NAMES = ["run.oms.energy", "lumisection.rr.tracker-pixel", "x", "x.0", "current", "accumulator", "flag.golden"]
NAMES += ["", "x.length", "__proto__", "run.oms.nope", "x..y", ".", "a" * 900, "\ud800", "\0", "0", "-0"]
LEAVES: list[Any] = [None, True, False, 0, -0.0, 1, -1, 0.1, 1e308, 5e-324, 2**53, 2**53 + 1, 10**30, 10**400]
LEAVES += ["", "GOOD", "0x" + "f" * 300, "0b" + "1" * 900, "9" * 900, "1e999", "-Infinity", "NaN", " 12 "]
LEAVES += [
    "\ud800",
    "\udfff\ud800",
    "\0",
    "é",
    "😀",
    "a" * 999,
    "a" * 1001,
    [],
    {},
    [[]],
    [None],
    {"a": 1, "b": 2},
]
LEAVES += [float("nan"), float("inf"), -float("inf"), [1] * 300, ["ab"] * 90]
#: stands for a text that is put into the body as it is
RAW = ["1e999", "-1e999", "NaN", "-0", "1E+2", "00", "01", "1.", "0x10", '"\\ud83d"', '"\\u0000"', "[,]", "'a'"]
RAW += ['{"and": 1, "and": 2}', '{"var": "x", "var": "x"}', "9" * 400, "9" * 5000, "[" * 500 + "]" * 500, "tru"]


def value(chance: Random, depth: int) -> Any:
    """Return a value that may be a rule."""
    if depth <= 0 or chance.random() < 0.2:
        return chance.choice(LEAVES) if chance.random() < 0.6 else {"var": chance.choice(NAMES)}
    kind = chance.random()
    if kind < 0.08:
        return [value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind < 0.12:
        return {
            chance.choice(["and", "a", "\ud800", "", "Var", "=", "log", "method"]): value(chance, depth - 1)
        }
    if kind < 0.15:
        return {name: value(chance, depth - 1) for name in ("and", "or")}
    operator = chance.choice(LOOPS if kind > 0.8 else OPERATORS)
    operands = [value(chance, depth - 1) for _ in range(chance.randrange(5))]
    return {operator: operands if chance.random() < 0.85 else value(chance, depth - 1)}


def doubling(chance: Random) -> Any:
    """Return loops, joins or conditions that feed each other, so that each level can double what it gets."""
    body = chance.choice([{"var": ""}, {"var": "x"}, {"var": "current"}, [{"var": ""}, {"var": ""}]])
    found: Any = chance.choice([[1, 2], {"var": "x"}, "ab", [[1]], {"var": ""}])
    for _ in range(chance.choice([2, 5, 14, 30, 60, 200])):
        name = chance.choice([*LOOPS, "merge", "cat", "if", "and", "+", "missing", "missing_some", "in", "max"])
        twice = [found, body] if name in LOOPS else [found, found]
        found = {name: [*twice, chance.choice([0, "", []])] if name == "reduce" else twice}
        if len(str(found)) > 30_000:
            break
    return found


def written(chance: Random, found: Any) -> str:
    """Return a value as JSON text, here and there broken."""
    text = json.dumps(found) if chance.random() < 0.8 else json.dumps(found, ensure_ascii=False)
    if chance.random() < 0.15:
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(RAW) + text[place:]
    if chance.random() < 0.06:
        text = text[: chance.randrange(len(text) + 1)]
    return text


def wrapped(chance: Random) -> str:
    """Return one part in many brackets or operations, many times, or twice under one key."""
    inner, times = written(chance, value(chance, 1)), chance.choice([5, 31, 33, 70, 200, 995, 10_000, 60_000])
    left, right = chance.choice(BRACKETS)
    if chance.random() < 0.4:
        return "[" + ",".join([inner] * min(times, 200_000 // (len(inner) + 1) + 1)) + "]"
    many = min(times, 250_000 // (len(left) + 1))
    return left * many + inner + (right * many if chance.random() < 0.7 else "")


def logic(chance: Random) -> str:
    """Return the text of what might be a rule."""
    kind = chance.random()
    if kind < 0.1:
        return chance.choice(RAW)
    if kind < 0.2:
        return wrapped(chance)
    return written(chance, doubling(chance) if kind < 0.4 else value(chance, chance.randrange(1, 7)))
