"""The order of the grid as the address says it: `sort=l-desc`, by the fields of `certify_grid.column_defs`.

Without one the datasets with most luminosity at stake come first. `assets/certify_grid_sort.js` writes it.
"""

from collections.abc import Sequence
from typing import Any

_FIELDS = ("r", "d", "l", "w", "s")
_WAYS = ("asc", "desc")


def is_order(said: str) -> bool:
    """Tell whether this names a field and a way."""
    field, _, way = said.partition("-")
    return field in _FIELDS and way in _WAYS


def sorted_by(defs: Sequence[dict[str, Any]], said: str) -> list[dict[str, Any]]:
    """Return the columns of a grid with the one that it is sorted by; what is no order sorts nothing."""
    field, _, way = said.partition("-") if is_order(said) else ("", "", "")
    return [{**each, "sort": way if each.get("field") == field else None} for each in defs]
