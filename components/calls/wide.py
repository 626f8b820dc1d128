"""The calls of screens that ask over an era, or show what is kept: golden JSON, reports, rules, products."""

from dataclasses import replace
from typing import Any

from components.calls.call import Address, Call, params, segment
from model.columnar.filter_sql import quoted
from model.queries.action_facts import WORDS
from model.vocabulary import DEFAULT_SOURCE

_DOCUMENTS = "Documents are in no snapshot: take the API."
_COMPUTED = "This is computed by a rule, not read from a table: take the API."
#: operations of the page of lists; any other compares
_COMBINED = ("and", "or", "minus")


def era_map(address: Address) -> list[Call]:
    """Return the picture as ranges."""
    facts = dict(address.facts)
    call = Call(
        "what each lumisection tells, as ranges of each dataset", "/api/v1/era-map", params(address, **facts)
    )
    if facts.get("tells") not in ("column", "bit"):
        return [replace(call, no_sql=_COMPUTED)]
    where = [f"l.stage = {quoted(str(facts['stage']))}"]
    where += [f"l.era = {quoted(str(facts['era']))}"] if facts.get("era") else []
    for name, how in (("first_run", ">="), ("last_run", "<=")):
        where += [f"l.run_number {how} {int(facts[name])}"] if facts.get(name) else []
    column = '"' + str(facts["name"]).replace('"', '""') + '"'
    text = (
        f"SELECT l.run_number, l.dataset, l.lumisection, l.{column}, l.recorded_lumi_invpb\n"
        "FROM lumisections l\n"
        f"WHERE {' AND '.join(where)}\nORDER BY l.run_number DESC, l.dataset, l.lumisection;"
    )
    return [replace(call, sql=text)]


def trends(address: Address) -> list[Call]:
    """Return luminosity by group, and what was lost to whom."""
    facts = dict(address.facts)
    asked = {name: facts.get(name, "") for name in ("rule", "dataset", "source", "era", "runs", "null_policy")}
    flow = Call(
        "delivered, recorded and certified luminosity by group",
        "/api/v1/luminosity",
        params(address, **asked, by=facts.get("by", "")),
        sql=_by_run(asked),
    )
    brushed = {**asked, "runs": facts.get("brush") or asked["runs"]}
    lost = Call(
        "what was lost, and to whom",
        "/api/v1/losses",
        params(address, **brushed, of=facts.get("of", "")),
        no_sql=_COMPUTED,
    )
    return [flow, lost]


def golden(address: Address) -> list[Call]:
    """Return the golden JSON of the page, and its manifest."""
    facts = dict(address.facts)
    path, logic = "/api/v1/golden-json", facts.pop("logic", None)
    if not facts.get("dataset"):
        return []
    if logic is None:
        asked = params(address, **facts)
        return [
            Call("the list, its canonical bytes", path, asked, no_sql=_COMPUTED),
            Call("its manifest: sequence, rule, digest", f"{path}/manifest", asked, no_sql=_COMPUTED),
        ]
    body = {**params(address, **{**facts, "rule": ""}), "logic": logic}
    return [
        Call("the list of the rule as it is varied here", path, body=body, no_sql=_COMPUTED),
        Call("its manifest", f"{path}/manifest", body=body, no_sql=_COMPUTED),
    ]


def reports(address: Address) -> list[Call]:
    """Return the frozen reports, and the one that is shown."""
    said = address.said
    every = Call(
        "the frozen reports, the newest first", "/api/v1/reports", params(address, kind=said.get("kind", ""))
    )
    if not said.get("report"):
        return [replace(every, no_sql=_DOCUMENTS)]
    one = Call("the report that is shown", f"/api/v1/reports/{segment(said['report'])}.json", no_sql=_DOCUMENTS)
    return [one, replace(every, no_sql=_DOCUMENTS)]


def rules(address: Address) -> list[Call]:
    """Return the rules as they held."""
    return [Call("every active rule", "/api/v1/rules", params(address), no_sql=_DOCUMENTS)]


def products(address: Address) -> list[Call]:
    """Return the products, and the one that is shown."""
    named = address.said.get("product", "")
    every = Call(
        "every product, the newest first",
        "/api/v1/products",
        params(address),
        sql="SELECT product, series, state, official_sequence, sum(last - first + 1) AS lumisections\n"
        "FROM products\nGROUP BY ALL\nORDER BY official_sequence DESC NULLS FIRST, product;",
    )
    if not named:
        return [every]
    one = Call(
        f"the manifest of {named}",
        f"/api/v1/products/{segment(named)}",
        params(address),
        sql=f"SELECT run_number, first, last\nFROM products\nWHERE product = {quoted(named)}\n"
        "ORDER BY run_number, first;",
    )
    return [one, every]


def lists(address: Address) -> list[Call]:
    """Return what two lists are together; files that were dropped are known to their browser only."""
    said = address.said
    a, b, operation = said.get("a", ""), said.get("b", ""), said.get("op", "compare")
    runs = {name: int(said[name]) for name in ("first_run", "last_run") if said.get(name, "").isdecimal()}
    if not a or not (b or operation == "filter"):
        return []
    if operation == "filter":
        return [_within(a, runs)]
    if runs:
        # two steps: the algebra of the API has no runs
        return [_within(side, runs) for side in (a, b)]
    if operation in _COMBINED:
        return [Call(f"{a} {operation} {b}", f"/api/v1/lists/{operation}", body={"a": a, "b": b})]
    body = {"a": a, "b": b, "source": said.get("source", "") or DEFAULT_SOURCE, "as_of": address.as_of or "now"}
    return [Call(f"what {b} has more and less than {a}", "/api/v1/lists/compare", body=body)]


def cycles(address: Address) -> list[Call]:
    """Return the cycles, and the next one as it is proposed."""
    following = params(address, stage=address.said.get("stage", ""))
    return [
        Call("the cycles, the next deadline first", "/api/v1/cycles", params(address), no_sql=_DOCUMENTS),
        Call("the next cycle as it is proposed", "/api/v1/cycles/next", following, no_sql=_COMPUTED),
    ]


def training(address: Address) -> list[Call]:
    """Return a sitting as before anybody spoke, and what came of those that were compared."""
    kept = Call(
        "your sittings, and the shared ones", "/api/v1/training/sittings", params(address), is_mine=True
    )
    sitting = address.said.get("sitting", "")
    if address.path.rstrip("/") != "/training/practice" or not sitting:
        return [replace(kept, no_sql=_DOCUMENTS)]
    blind = Call("this sitting, blind", "/api/v1/training/answers", body={"sitting": sitting}, no_sql=_COMPUTED)
    return [blind, replace(kept, no_sql=_DOCUMENTS)]


def datasets(address: Address) -> list[Call]:
    """Return the accepted datasets, and how people answered programs."""
    return [
        Call(
            "which datasets runs get",
            "/api/v1/accepted-datasets",
            params(address),
            no_sql=_DOCUMENTS,
            client="get_datasets_accepted()",
        ),
        Call("how far people agree with each program", "/api/v1/proposals/agreement", params(address)),
    ]


def bulk(address: Address) -> list[Call]:
    """Return a dry run as the page makes it of what is pasted; rows stand in its form, not in the address."""
    run = address.facts.get("run")
    if not run:
        return []
    body: dict[str, Any] = {
        "rows": f"{run},1,1,tracker-pixel,GOOD",
        "stage": address.said.get("stage", "prompt"),
    }
    return [Call("a dry run of rows; write yours instead", "/api/v1/bulk/plan", body=body, is_mine=True)]


def health(address: Address) -> list[Call]:
    """Return feeds, refused records and the journal's head."""
    return [Call("feeds, refused records and the journal's head", "/api/v1/health")]


def log(address: Address) -> list[Call]:
    """Return the facts that the actions are made of; voice, times and comments are chosen by the page alone."""
    said = address.said
    run = said.get("run", "")
    asked = {name: said.get(name, "") for name in ("kind", "dataset", "author", "workspace")}
    numbered = run if run.isascii() and run.isdecimal() and len(run) < 10 else ""
    words = params(
        address, run_number=numbered, **{n: w for n, w in asked.items() if n != "kind" or w in WORDS}
    )
    return [Call("the facts behind these actions, the oldest first; go on at `next`", "/api/v1/events", words)]


def admin(address: Address) -> list[Call]:
    """Return the workspaces, and the labels of the journal."""
    return [
        Call("workspaces with their columns, labels and causes", "/api/v1/workspaces"),
        Call("labels that as_of understands", "/api/v1/labels"),
    ]


def _by_run(asked: dict[str, Any]) -> str:
    where = [f"r.era = {quoted(str(asked['era']))}"] if asked["era"] else []
    first, _, last = str(asked["runs"]).partition("-")
    where += (
        [f"r.run_number BETWEEN {int(first)} AND {int(last or first)}"] if first.strip().isdecimal() else []
    )
    source = quoted(str(asked["source"] or DEFAULT_SOURCE))
    return (
        "SELECT r.run_number, sum(l.delivered_lumi_invpb) AS delivered_invpb, "
        "sum(l.recorded_lumi_invpb) AS recorded_invpb\nFROM runs r\n"
        f"JOIN luminosity l ON l.run_number = r.run_number AND l.source = {source}\n"
        f"WHERE {' AND '.join(where) or 'true'}\nGROUP BY r.run_number\nORDER BY r.run_number;"
    )


def _within(name: str, runs: dict[str, int]) -> Call:
    where = [f"product = {quoted(name)}"]
    where += [f"run_number >= {runs['first_run']}"] if "first_run" in runs else []
    where += [f"run_number <= {runs['last_run']}"] if "last_run" in runs else []
    text = f"SELECT run_number, first, last\nFROM products\nWHERE {' AND '.join(where)}"
    says, body = f"{name} within these runs", {"a": name, **runs}
    return Call(says, "/api/v1/lists/filter", body=body, sql=f"{text}\nORDER BY run_number, first;")
