"""The calls of screens that list runs, datasets and what waits: their filters stand in the address."""

import re
from collections.abc import Mapping
from dataclasses import replace

from components.calls.call import Address, Call, params, segment
from model.columnar.filter_sql import condition, quoted
from model.errors import Invalid
from model.filters.language import parse
from model.queries import decisions
from model.run_table.choice import ASKED, FIELDS
from model.sentinel import finding
from model.vocabulary import GLOBAL, ONLINE, Stage

_DATASETS_OF_RUNS = "datasets d JOIN runs r ON r.run_number = d.run_number"
_SHOWN = 100
_RUNS = re.compile(r"\s*(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?\s*", re.ASCII)
#: columns of the table of runs, by what the screen calls its orders
_ORDERS = {
    "start_us": "start_time",
    "recorded_invpb": "recorded_lumi_invpb",
    "delivered_invpb": "delivered_lumi_invpb",
    "run_state": "state",
}
_RUN_COLUMNS = "r.run_number, r.fill_number, r.era, r.run_class, r.state, r.lumisections, r.recorded_lumi_invpb"


def board(address: Address) -> list[Call]:
    """Return the recent runs, what is said of the last one, and what waits."""
    last = str(address.facts.get("run", ""))
    recent = Call(
        "the recent runs, the current one first",
        "/api/v1/recent-runs",
        params(address, limit=address.facts.get("runs", "")),
        sql=f"SELECT {_RUN_COLUMNS}\nFROM runs r\nWHERE r.is_significant\nORDER BY r.run_number DESC\nLIMIT "
        f"{address.facts.get('runs', 9)};",
    )
    waits = Call("what needs a decision of yours", "/api/v1/decisions", params(address), is_mine=True)
    return [recent, *([_verdicts(address, last, ONLINE)] if last else []), waits]


def runs(address: Address) -> list[Call]:
    """Return the rows of the run table, in its order."""
    said = address.said
    order, _, way = said.get("sort", "").partition("-")
    if order not in FIELDS or way not in ("asc", "desc"):
        order, way = FIELDS[0], "desc"
    where, stage = _filter(said), said.get("stage", "")
    asked = params(
        address,
        where=where,
        stage=stage if stage in ASKED else "",
        q=said.get("q", ""),
        order="" if order == FIELDS[0] else order,
        descending="" if way == "desc" else "false",
        limit=_SHOWN,
    )
    words = said.get("q", "")
    only = f"get_run(run_number={int(words)})" if words.isascii() and words.isdecimal() else ""
    call = Call(f"the first {_SHOWN} rows of the table", "/api/v1/run-table", asked, client=only)
    try:
        return [replace(call, sql=_runs_sql(asked, order, way))]
    except Invalid as error:
        return [replace(call, no_sql=str(error))]


def run(address: Address) -> list[Call]:
    """Return the run, what is said of its datasets, and its history."""
    number = address.path.rsplit("/", 1)[-1]
    whole = Call(
        "the run with its datasets and their states",
        f"/api/v1/runs/{segment(number)}",
        params(address),
        sql=f"SELECT r.*, d.dataset, d.stage\nFROM runs r\nJOIN datasets d ON d.run_number = r.run_number\n"
        f"WHERE r.run_number = {int(number)};",
        client=f"get_run(run_number={int(number)})",
    )
    history = Call(
        "everything that was recorded about it",
        "/api/v1/events",
        params(address, run_number=number, limit=1_000),
        sql=f"SELECT sequence, recorded_at, kind, author, dataset, comment\nFROM history\n"
        f"WHERE run_number = {int(number)}\nORDER BY sequence DESC;",
    )
    names = address.facts.get("datasets", (ONLINE,))
    return [whole, *(_verdicts(address, number, name) for name in names), history]


def certify(address: Address) -> list[Call]:
    """Return the rows of the grid with the cells of its workspace."""
    said = address.said
    workspace = str(address.facts.get("workspace", GLOBAL))
    first, last = _span(said)
    stage, filtered = said.get("stage", ""), _filter(said)
    stage = stage if stage in set(Stage) else Stage.PROMPT.value
    hidden = said.get("hidden") == "1"
    asked = params(
        address,
        workspace=workspace,
        stage=stage,
        first_run=first,
        last_run=last,
        cycle=said.get("cycle", ""),
        hidden="true" if hidden else "",
        where=filtered,
    )
    call = Call("the rows of the grid, newest run first", "/api/v1/grid", asked)
    if said.get("cycle"):
        return [replace(call, no_sql="Cycles are in no snapshot: take the API.")]
    try:
        where = [f"d.stage = {quoted(stage)}", "d.is_hidden" if hidden else "NOT d.is_hidden"]
        where += [f"d.run_number BETWEEN {int(first)} AND {int(last)}"] if first else []
        where += [condition(parse(filtered))] if filtered else []
    except Invalid as error:
        return [replace(call, no_sql=str(error))]
    own = "" if workspace == GLOBAL else f" AND v.workspace = {quoted(workspace)}"
    verdicts = f"verdict_ranges v\n  ON v.run_number = d.run_number AND v.dataset = d.dataset{own}"
    cells = "v.column, v.first, v.last, v.status, v.cause, v.comment, v.author"
    text = (
        f"SELECT d.run_number, d.dataset, d.recorded_lumi_invpb, {cells}\nFROM {_DATASETS_OF_RUNS}\n"
        f"LEFT JOIN {verdicts}\nWHERE {_and(where)}\nORDER BY d.run_number DESC, d.dataset, v.column, v.first;"
    )
    return [replace(call, sql=text)]


def decide(address: Address) -> list[Call]:
    """Return what waits for whoever asks."""
    said, limit, kind = address.said, address.facts.get("limit", ""), address.said.get("kind", "")
    kind = kind if kind in set(decisions.Kind) else ""
    asked = params(address, workspace=said.get("workspace", ""), kind=kind, limit=limit)
    return [Call("what waits for you, most luminosity first", "/api/v1/decisions", asked, is_mine=True)]


def consistency(address: Address) -> list[Call]:
    """Return the findings."""
    said = address.said
    first, last = _span(said)
    asked = params(
        address,
        kind=said.get("kind", "") if said.get("kind", "") in set(finding.Kind) else "",
        owner=said.get("owner", ""),
        first_run=first,
        last_run=last,
        acknowledged="true" if said.get("acknowledged") == "1" else "",
    )
    return [Call("the findings, most luminosity first", "/api/v1/findings", asked)]


def _filter(said: Mapping[str, str]) -> str:
    """Return the filter of an address; a screen drops what it cannot read, and so does its call."""
    try:
        return said["where"] if said.get("where") and parse(said["where"]) else ""
    except Invalid:
        return ""


def _span(said: Mapping[str, str]) -> tuple[str, str]:
    match = _RUNS.fullmatch(said.get("runs", ""))
    return (match[1], match[2] or match[1]) if match else ("", "")


def _verdicts(address: Address, number: str, dataset: str) -> Call:
    where = f"run_number = {int(number)} AND dataset = {quoted(dataset)}"
    return Call(
        f"what counts on each lumisection of {dataset}",
        f"/api/v1/runs/{segment(number)}/verdicts",
        params(address, dataset=dataset),
        sql=f'SELECT "column", first, last, status, cause, comment, author\nFROM verdict_ranges\n'
        f'WHERE {where}\nORDER BY "column", first;',
        client=f"get_lumisection_ranges({int(number)}, {dataset!r})",
    )


def _runs_sql(said: Mapping[str, str], order: str, way: str) -> str:
    where: list[str] = []
    if order == "undecided":
        raise Invalid("No snapshot counts what is still to decide: take the API.")
    if words := said.get("q", "").strip():
        low = quoted(words.lower())
        called = [f"lower(r.era) = {low}", f"lower(r.run_class) = {low}"]
        is_number = words.isascii() and words.isdigit()
        called += [f"r.run_number = {int(words)}", f"r.fill_number = {int(words)}"] if is_number else []
        where.append(f"({' OR '.join(called)})")
    if said.get("where"):
        stage = said.get("stage") or ONLINE
        of_stage = "true" if stage == "any" else f"d.stage = {quoted(stage)}"
        seen = f"(d.dataset = '{ONLINE}' OR NOT d.is_hidden)"
        asked = (
            f"d.run_number = r.run_number AND {of_stage} AND {seen}\n    AND {condition(parse(said['where']))}"
        )
        where.append(f"EXISTS (SELECT 1 FROM datasets d WHERE {asked})")
    column = _ORDERS.get(order, order)
    by = f"r.{column} {'DESC' if way == 'desc' else 'ASC'} NULLS LAST, r.run_number DESC"
    return f"SELECT {_RUN_COLUMNS}\nFROM runs r\nWHERE {_and(where) or 'true'}\nORDER BY {by}\nLIMIT {_SHOWN};"


def _and(parts: list[str]) -> str:
    return "\n  AND ".join(parts)
