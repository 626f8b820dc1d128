"""Rows of the rule tables of the system in use: which table a row is from, and what that says of its rule.

Source: its tables of class, significance, column, workspace and saved rules, and of stored lists.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from ingest.rules.conventions import Convention
from rules.values import Json

#: where a row keeps its logic
LOGIC = ("logic", "json_logic", "classifier")


class Shape(StrEnum):
    """What a rule was taken from."""

    LOGIC = "logic"
    STORED = "stored list"
    CLASS = "class rule"
    SIGNIFICANCE = "significance rule"
    ONLINE = "online column rule"
    OFFLINE = "offline column rule"
    COLUMN = "column rule"
    WORKSPACE = "workspace rule"
    SAVED = "saved logic"
    SELECTION = "selection of Run 1 or 2"


_CONVENTIONS = {
    Shape.CLASS: Convention.RUN,
    Shape.SIGNIFICANCE: Convention.RUN,
    Shape.ONLINE: Convention.LUMISECTION,
    Shape.OFFLINE: Convention.NESTED,
    Shape.WORKSPACE: Convention.DATASET,
    Shape.STORED: Convention.GOLDEN,
    Shape.SAVED: Convention.GOLDEN,
    Shape.SELECTION: Convention.V3,
}


def convention_of(shape: Shape) -> Convention | None:
    """Return what names mean in rules of a shape, None where only the names can tell."""
    return _CONVENTIONS.get(shape)


def shape_of(row: Mapping[str, Json]) -> Shape:
    """Return which table or answer of the system in use a row is from."""
    if "json_logic" in row:
        return Shape.STORED
    if "classifier" not in row:
        return Shape.LOGIC
    if "status" in row:
        return {"online": Shape.ONLINE, "offline": Shape.OFFLINE}.get(_stage(row), Shape.COLUMN)
    if "workspace" in row:
        return Shape.WORKSPACE
    if "class" in row:
        # only class rules compete for a run, so only they have a priority
        return Shape.CLASS if "priority" in row else Shape.SIGNIFICANCE
    return Shape.SAVED if "name" in row else Shape.LOGIC


def column_of(row: Mapping[str, Json]) -> str:
    """Return the column a column rule is for, as `workspace-column`; "" where the row does not name it."""
    column: Any = row.get("WorkspaceColumn")
    if isinstance(column, dict) and isinstance(column.get("Workspace"), dict):
        return f"{column['Workspace'].get('workspace')}-{column.get('name')}"
    named = row.get("component")
    return named if isinstance(named, str) else ""


def _stage(row: Mapping[str, Json]) -> str:
    column: Any = row.get("WorkspaceColumn")
    workspace = column.get("Workspace") if isinstance(column, dict) else None
    return str(workspace.get("online_or_offline")) if isinstance(workspace, dict) else ""
