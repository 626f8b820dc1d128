"""Attributes of an element that Dash's typed signatures do not name."""

from typing import Any


def attributes(words: dict[str, Any]) -> dict[str, Any]:
    """Return `aria-*` and `data-*` attributes (or none) to spread into a component."""
    return dict(words)
