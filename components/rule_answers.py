"""What a rule says of one lumisection, what it would change, and what it was before."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import labelled
from components.why import word
from model.queries.rules import RuleChange
from model.ranges import text
from model.rulebook.difference import Difference
from model.rulebook.why import Explanation, Step
from rules.errors import RulesError
from rules.explain import clauses
from rules.syntax import parse

TREE_RUN, TREE_DATASET, TREE_LUMISECTION = "rule-tree-run", "rule-tree-dataset", "rule-tree-lumisection"
TREE = "rule-tree"
PATTERN, ERA, TEST, TESTED = "rule-pattern", "rule-era", "rule-test", "rule-tested"
#: the choice of no era; a choice cannot be empty
EVERY_ERA = "every"
_MARK = {True: "✓", False: "✕", None: "?"}
_WORD = {True: "holds", False: "fails", None: "unknown"}
_MOST_RUNS = 60


def tree_card(run_number: int, dataset: str, lumisection: int) -> html.Section:
    """Return the form that asks about one lumisection, and the place of the answer."""
    return html.Section(
        [
            html.H2("On one lumisection"),
            html.Div(
                [
                    labelled("Run", _number(TREE_RUN, run_number)),
                    labelled("Dataset", dbc.Input(id=TREE_DATASET, value=dataset, size="sm", debounce=True)),
                    labelled("Lumisection", _number(TREE_LUMISECTION, lumisection)),
                ],
                className="rule-where",
            ),
            html.Div(id=TREE),
        ],
        className="card-plain",
    )


def tree(found: Explanation) -> html.Div:
    """Return the rule as a tree with the values it read; what decides is marked."""
    decisive = {step.place for step in found.blame}
    said = {
        True: "The rule holds here.",
        False: "The rule fails here.",
        None: "Missing data leaves it open here.",
    }
    return html.Div(
        [html.P([html.B(_MARK[found.truth] + " "), said[found.truth]]), html.Ul(_branch(found.tree, decisive))],
        className="rule-tree",
    )


def test_card(pattern: str, eras: Mapping[str, int], kept: dict[str, Any] | None) -> html.Section:
    """Return the form of a back-test, and its result where the draft has one.

    Args:
        eras: how many runs each has, the newest first.
        kept: what the draft was tested over, and what that found.
    """
    over, result = kept or {}, kept_test(kept) if kept else None
    options = [{"label": f"{era} · {runs:,} runs", "value": era} for era, runs in eras.items()]
    every = {"label": "every era", "value": EVERY_ERA}
    return html.Section(
        [
            html.H2("Back-test"),
            html.P("What the draft would change against what holds now.", className="dim"),
            html.Div(
                [
                    labelled(
                        "Era",
                        dbc.Select(
                            id=ERA, options=[every, *options], value=over.get("era") or EVERY_ERA, size="sm"
                        ),
                    ),
                    labelled(
                        "Datasets (% is any text)",
                        dbc.Input(id=PATTERN, value=over.get("pattern", pattern), size="sm"),
                    ),
                    html.Button("Back-test", id=TEST, type="button", className="button", n_clicks=0),
                ],
                className="rule-where rule-over",
            ),
            dcc.Loading(html.Div(result, id=TESTED), delay_show=300, type="dot"),
        ],
        className="card-plain",
    )


def tested(found: Difference) -> html.Div:
    """Return the result of a back-test."""
    considered = (
        f"{found.considered_lumisections:,} LS of {found.considered_runs} runs considered, "
        f"{found.considered_invpb:,.2f} pb⁻¹, {_over(found.over.pattern, found.over.era)}"
        f" at sequence {found.over.at:,}."
    )
    rows = [
        (f"{c.before} → {c.after}", c.lumisections, len(c.ranges), c.recorded_invpb, _runs(c.ranges))
        for c in found.changes
    ]
    return html.Div([html.P(html.B(found.sentence)), _changes(rows), html.P(considered, className="dim")])


def kept_test(said: dict[str, Any]) -> html.Div:
    """Return the result that a draft carries."""
    over = _over(said["pattern"], said.get("era", ""))
    words = f"Tested by {said['by']}, {over} at sequence {said['sequence']:,}."
    rows = [
        (f"{c['before']} → {c['after']}", c["lumisections"], c["runs"], c["recorded_invpb"], _kept_runs(c))
        for c in said["changes"]
    ]
    return html.Div([html.P(html.B(said["sentence"])), _changes(rows), html.P(words, className="dim")])


def _over(pattern: str, era: str) -> str:
    return f"over {pattern} of era {era}" if era else f"over {pattern} of every era"


def history(changes: Sequence[RuleChange], name: str) -> html.Section:
    """Return every version with who, when, why, and what it changed."""
    rows = [_version(change, older, name) for change, older in zip_longest(changes, changes[1:])]
    nothing = html.Li("No version is active yet.", className="dim")
    return html.Section(
        [html.H2("History"), html.Ul(rows or nothing, className="rule-history")], className="card-plain"
    )


def _changes(found: Sequence[tuple[str, int, int, float, Any]]) -> html.Table | None:
    if not found:
        return None
    rows = [
        html.Tr(
            [
                html.Td(change),
                html.Td(f"{lumisections:,}", className="num"),
                html.Td(f"{runs:,}", className="num"),
                html.Td(f"{recorded_invpb:,.3f}", className="num"),
                html.Td(where),
            ]
        )
        for change, lumisections, runs, recorded_invpb, where in found
    ]
    head = html.Tr([html.Th("change"), _num("LS"), _num("runs"), _num("pb⁻¹"), html.Th("where")])
    return html.Table([html.Thead(head), html.Tbody(rows)])


def _num(words: str) -> html.Th:
    return html.Th(words, className="num")


def _runs(ranges: dict[int, Any]) -> html.Details:
    return _named({str(run): text(spans) for run, spans in sorted(ranges.items())[:_MOST_RUNS]}, len(ranges))


def _kept_runs(change: dict[str, Any]) -> html.Details:
    return _named(dict(list(change["ranges"].items())[:_MOST_RUNS]), change["runs"])


def _named(shown: Mapping[str, str], count: int) -> html.Details:
    items = [html.Li([dcc.Link(run, href=f"/runs/{run}"), f" {spans}"]) for run, spans in shown.items()]
    if count > len(shown):
        items.append(html.Li(f"and {count - len(shown):,} more runs", className="dim"))
    return html.Details([html.Summary("runs"), html.Ul(items)])


def _branch(step: Step, decisive: set[str]) -> html.Li:
    if not step.children:
        return html.Li(_leaf(step, is_decisive=step.place in decisive))
    joint = {"and": "all of", "or": "any of"}.get(step.op, step.op)
    head = [html.B(_MARK[step.truth], title=_WORD[step.truth]), f" {joint}", _of_flag(step)]
    inner = html.Ul([_branch(child, decisive) for child in step.children])
    return html.Li(html.Details([html.Summary(head), inner], open=True))


def _leaf(step: Step, *, is_decisive: bool) -> html.Div:
    values = ", ".join(f"{_short(name)} is {word(value)}" for name, value in step.values.items())
    return html.Div(
        [
            html.B(_MARK[step.truth], title=_WORD[step.truth]),
            html.Code(step.text),
            html.Span(values, className="dim"),
            _of_flag(step),
            html.Span("decides", className="chip") if is_decisive else None,
        ],
        className=f"rule-leaf is-{_WORD[step.truth]}",
    )


def _of_flag(step: Step) -> Any:
    return html.Small(f" in flag {step.flag}", className="dim") if step.flag else None


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _version(change: RuleChange, older: RuleChange | None, name: str) -> html.Li:
    at = change.recorded_at.strftime("%Y-%m-%d %H:%M")
    drafted = f", drafted by {change.drafted_by}" if change.drafted_by else ""
    address = f"/rules?name={name}&as_of={change.sequence}"
    return html.Li(
        [
            html.Div(
                [
                    html.B(f"v{change.version} "),
                    f"{change.by}{drafted}, ",
                    html.Span(f"{at} UTC", className="num"),
                    " ",
                    dcc.Link(f"as of {change.sequence:,}", href=address),
                ]
            ),
            html.Q(change.comment) if change.comment else None,
            html.P(change.tested["sentence"], className="dim") if change.tested else None,
            _difference(change, older) if older else None,
        ]
    )


def _difference(change: RuleChange, older: RuleChange) -> html.Ul:
    new, old = _texts(change), _texts(older)
    gone = [html.Li(f"− {each}") for each in old if each not in new]
    come = [html.Li(f"+ {each}") for each in new if each not in old]
    return html.Ul((gone + come)[:20], className="rule-diff")


def _texts(change: RuleChange) -> list[str]:
    try:
        found = clauses(parse(change.text.logic))
    except RulesError as error:
        return [str(error)]
    words = change.text
    also = [
        f"missing data is {words.null_policy}",
        f"priority {words.priority}",
        f"value {words.value or 'none'}",
    ]
    return [*(each.text for each in found), *also, "enabled" if words.enabled else "not enabled"]


def _number(name: str, value: int) -> dbc.Input:
    return dbc.Input(id=name, value=value, size="sm", type="number", min=1, step=1, debounce=True)
