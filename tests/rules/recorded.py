"""Results recorded from json-logic-js, and how to compare ours with them."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

from rules.values import MISSING

_FOLDER = Path(__file__).resolve().parents[1] / "data" / "jsonlogic"
_NO_JSON = {"Infinity": math.inf, "-Infinity": -math.inf}


def official() -> list[tuple[Any, Any, Any]]:
    """Return the shared suite as (rule, data, result)."""
    return [tuple(case) for case in json.loads((_FOLDER / "tests.json").read_text()) if isinstance(case, list)]


def matrix() -> Any:
    """Return every operator over every pair of values."""
    return json.loads((_FOLDER / "coercion_matrix.json").read_text())


def oracle() -> list[Any]:
    """Return random rules over data like CMS's, with results."""
    with gzip.open(_FOLDER / "cms_oracle.jsonl.gz", "rt") as lines:
        return [json.loads(line) for line in lines]


def same(ours: Any, theirs: Any) -> bool:
    """Compare type by type: true is not 1, NaN equals NaN, undefined is MISSING."""
    if isinstance(theirs, dict) and "__js" in theirs:
        kind = theirs["__js"]
        if kind == "NaN":
            return isinstance(ours, float) and math.isnan(ours)
        return ours is MISSING if kind == "undefined" else bool(ours == _NO_JSON[kind])
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return bool(ours == theirs)
