"""What a statement may be: one SELECT over the tables of the snapshot, read by DuckDB's own parser.

The database it runs in is locked besides: nothing here is the only wall.
"""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb

from model.errors import Invalid

_Node = dict[str, Any]
#: functions that make rows out of their arguments alone
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest", "json_each", "json_tree"})
#: functions that look at the database, its settings or its machine, wait, or run text as SQL
_FORBIDDEN = re.compile(
    r"""__.*|pg_.*|duckdb_.*|pragma_.*|read_.*|(?:arrow|pandas|parquet|seq)_?scan.*|has_.*_privilege|inet_.*|
    json_(?:de)?serialize_(?:sql|plan)|json_execute.*|add_parquet_key|copy_database|current_(?:connection_id|
    query|query_id|setting|transaction_id|database|schemas?|catalog|role|user)|currval|nextval|setval|
    format_type|get_block_size|getenv|getvariable|glob|in_search_path|col_description|s?h?obj_description|
    parse_duckdb_log_message|query(?:_table)?|session_user|sleep_ms|sniff_csv|txid_current|user|version|
    which_secret|write_log""",
    re.VERBOSE | re.IGNORECASE,
)
_REFERENCES = frozenset(
    {"BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT", "SHOW_REF", "CTE"}
)
_ONLY = "Only SELECT can be run here, and this is {}."
#: aggregates whose result has the unit of what they are of
_KEEPS_UNIT = frozenset({"sum", "min", "max", "avg", "mean", "median", "first", "last", "any_value", "round"})


@dataclass(frozen=True)
class Checked:
    """A statement that may run: its text, and which column each of its results is, where that is plain."""

    sql: str
    tables: tuple[str, ...]
    #: None: it cannot be told; none at all: each is the column of its name; an empty name: it is no column
    sources: tuple[str, ...] | None


def check(database: duckdb.DuckDBPyConnection, sql: str, tables: Collection[str]) -> Checked:
    """Return a statement that may run.

    Raises:
        Invalid: it is not one SELECT, or it reads what is no table of the snapshot.
    """
    tree = _parsed(database, sql)
    ctes = {name.lower() for name in _ctes(tree)}
    taken = {row[0] for row in database.execute("SELECT view_name FROM duckdb_views()").fetchall()}
    if hidden := sorted(ctes & (taken - {each.lower() for each in tables})):
        raise Invalid(f"“{hidden[0]}” is a name of the database itself; give your WITH another one.")
    known = {each.lower() for each in tables}
    read: list[str] = []
    for node in _nodes(tree):
        _check_reference(node, known, ctes, read)
        _check_function(node)
    found = tuple(dict.fromkeys(read))
    return Checked(sql, found, _sources(tree["node"], ctes))


def _parsed(database: duckdb.DuckDBPyConnection, sql: str) -> _Node:
    try:
        kinds = [each.type.name for each in database.extract_statements(sql)]
    except duckdb.Error as error:
        raise Invalid(sentence(error)) from error
    except ValueError as error:
        # a kind that the database knows and its own Python does not
        raise Invalid(_ONLY.format("something else")) from error
    if len(kinds) != 1:
        raise Invalid(f"One statement at a time: this is {len(kinds)}." if kinds else "There is no statement.")
    (said,) = database.execute("SELECT json_serialize_sql(?)", [sql]).fetchone() or ("",)
    try:
        tree: _Node = json.loads(said)
    except RecursionError as error:
        raise Invalid("The statement is nested too deep.") from error
    if kinds[0] != "SELECT" or tree.get("error"):
        kind = kinds[0].lower().replace("_", " ")
        raise Invalid(_ONLY.format("no plain SELECT" if kind == "select" else kind))
    (found,) = tree["statements"]
    return dict(found)


def sentence(error: duckdb.Error) -> str:
    """Return what the database says of an error, without the drawing of its place."""
    words = " ".join(str(error).split("\n\n")[0].split())
    place = re.search(r"LINE (\d+): (.*)\n\s*\^", str(error))
    near = f" (line {place[1]}: {place[2].strip()[:80]})" if place else ""
    return f"{words}{near}"


def _nodes(tree: Any) -> Iterator[_Node]:
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def _ctes(tree: _Node) -> Iterator[str]:
    for node in _nodes(tree):
        if isinstance(node.get("cte_map"), dict):
            yield from (each["key"] for each in node["cte_map"]["map"])
        if name := node.get("cte_name"):
            yield str(name)


def _check_reference(node: _Node, known: set[str], ctes: set[str], read: list[str]) -> None:
    if "sample" not in node or "select_list" in node:
        return
    kind = node.get("type")
    if kind not in _REFERENCES:
        raise Invalid(f"{str(kind).lower().replace('_', ' ')} is nothing that can be read from here.")
    if kind == "SHOW_REF" and node.get("query") is None:
        raise Invalid("SHOW is not for here: GET /api/v1/query/schema tells the tables.")
    if kind == "BASE_TABLE":
        path = [str(part) for part in node["qualified_name"]["path"]]
        name = path[-1].lower()
        if len(path) > 1 or name not in known | ctes or node.get("at_clause"):
            offered = ", ".join(sorted(known))
            raise Invalid(f"There is no table “{'.'.join(path)[:80]}” here. There are: {offered}.")
        if name in known - ctes:
            read.append(name)
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise Invalid(f"“{name[:40]}” cannot be read from here; {', '.join(sorted(TABLE_FUNCTIONS))} can.")


def _check_function(node: _Node) -> None:
    if "function_name" not in node:
        return
    name, path = str(node["function_name"]), node.get("qualified_name", {}).get("path", [])
    if len(path) > 1 or _FORBIDDEN.fullmatch(name):
        raise Invalid(f"The function “{'.'.join(map(str, path))[:60] or name[:60]}” is not for here.")


def _sources(node: _Node, ctes: set[str]) -> tuple[str, ...] | None:
    """Return the column behind each result; None where tables are not read plainly, or a star stands there."""
    listed = node.get("select_list")
    if node.get("type") != "SELECT_NODE" or not listed or not _is_plain(node.get("from_table"), ctes):
        return None
    if any(each.get("class") == "STAR" for each in listed):
        return () if all(map(_keeps_its_name, listed)) else None
    return tuple(_source(each) for each in listed)


def _keeps_its_name(expression: _Node) -> bool:
    if expression.get("alias"):
        return False
    is_star = expression.get("class") == "STAR"
    return expression.get("class") == "COLUMN_REF" or (
        is_star and not expression.get("replace_list") and not expression.get("rename_list")
    )


def _is_plain(reference: Any, ctes: set[str]) -> bool:
    if not isinstance(reference, dict):
        return False
    if reference.get("type") == "JOIN":
        return _is_plain(reference["left"], ctes) and _is_plain(reference["right"], ctes)
    is_table = reference.get("type") == "BASE_TABLE"
    return is_table and not reference["column_name_alias"] and reference["table_name"].lower() not in ctes


def _source(expression: _Node) -> str:
    if expression.get("class") == "COLUMN_REF":
        return str(expression["column_names"][-1])
    if str(expression.get("function_name", "")).lower() in _KEEPS_UNIT and expression.get("arguments"):
        return _source(expression["arguments"][0]["expression"])
    return ""
