"""What a filter of the published client means, told of one object that it reads."""

import json
import re
from typing import Any


def value_of(found: dict[str, Any], key: str) -> Any:
    """Return what an object has under a key, None where it has nothing."""
    head, _, rest = key.partition(".")
    run = found.get("Run", found)
    if head == "triplet_summary":
        column, status = rest.split(".")
        return found["DatasetTripletCache"]["triplet_summary"].get(column, {}).get(status)
    if head in ("oms_attributes", "rr_attributes"):
        return run[head].get(rest)
    return found["dataset_attributes"].get(rest) if head == "dataset_attributes" else found[head]


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def like(value: Any, pattern: str) -> bool:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    of = {"%": ".*", "_": "."}
    expression = "".join(of.get(part) or re.escape(part[-1]) for part in parts)
    return re.fullmatch(expression, text_of(value), re.IGNORECASE | re.DOTALL) is not None


def compared(value: Any, how: str, wanted: Any) -> bool:
    if isinstance(wanted, list):
        return (any if how == "=" else all)(compared(value, how, each) for each in wanted)
    if wanted is None:
        return (value is None) == (how == "=")
    if value is None:
        return False
    if how in ("like", "notlike"):
        return like(value, wanted) == (how == "like")
    if isinstance(wanted, str):
        value = text_of(value)
    elif isinstance(wanted, bool) != isinstance(value, bool) or not isinstance(value, int | float):
        return False
    orders = {"<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted}
    return {"=": value == wanted, "<>": value != wanted, **orders}[how]


def condition(value: Any, wanted: Any) -> bool:
    if not isinstance(wanted, dict):
        return compared(value, "=", wanted)
    for how, said in wanted.items():
        if (joint := how.lower()) in ("and", "or"):
            if not (all if joint == "and" else any)(condition(value, each) for each in said):
                return False
        elif not compared(value, how.lower(), said):
            return False
    return True


def holds(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Tell what a filter means, of the object that a client reads."""
    for key, said in wanted.items():
        if (joint := key.lower()) in ("and", "or"):
            if not (all if joint == "and" else any)(holds(found, each) for each in said):
                return False
        elif not condition(value_of(found, key), said):
            return False
    return True
