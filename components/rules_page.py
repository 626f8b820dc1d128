"""The rules' page: every rule by its purpose, and the one that is looked at."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import attributes, page_title
from components.written import written
from model.queries.rules import Draft
from model.rulebook.book import Rulebook, RuleVersion
from model.rulebook.texts import Purpose, RuleText

LIST = "rules-list"
FILTER = "rules-filter"
BODY = "rules-body"
_TITLES = {
    Purpose.GOLDEN: "Golden JSON",
    Purpose.SELECTION: "Selections and flags",
    Purpose.CLASS: "Class of a run",
    Purpose.SIGNIFICANCE: "Significance",
    Purpose.ONLINE_VERDICT: "Online verdicts",
    Purpose.OFFLINE_DEFAULT: "Offline defaults",
    Purpose.DERIVED_VERDICT: "Derived columns",
    Purpose.WORKSPACE_SIGNIFICANCE: "Workspaces",
}
#: purposes with so many rules that they start folded
_FOLDED = (Purpose.ONLINE_VERDICT, Purpose.OFFLINE_DEFAULT, Purpose.WORKSPACE_SIGNIFICANCE)


def rules_body() -> html.Div:
    """Return the place of the list and of one rule; callbacks fill both."""
    search = dbc.Input(id=FILTER, size="sm", type="search", placeholder="Find a rule…", autocomplete="off")
    side = html.Nav(
        [
            html.Label("find a rule", htmlFor=FILTER, className="visually-hidden"),
            search,
            dcc.Link("New rule", href="/rules?name=", className="button"),
            html.Div(id=LIST, className="rules-list waits"),
        ],
        className="card-plain rules-side",
        **attributes({"aria-label": "rules"}),
    )
    # only for itself: what is typed inside must never be covered, nor lose the focus
    main = dcc.Loading(
        html.Div(id=BODY, className="rules-place waits"),
        delay_show=300,
        type="dot",
        **attributes({"target_components": {BODY: "children"}}),
    )
    return html.Div([page_title("Rules"), side, html.Div(main, className="rules-main")], className="rules-page")


def listed(book: Rulebook, drafts: Mapping[str, Draft], chosen: str, words: str, as_of: str) -> list[Any]:
    """Return all rules whose name, target or value holds the words, by purpose."""
    wanted = words.casefold().split()
    shown: dict[str, list[Any]] = {purpose: [] for purpose in _TITLES}
    for name in sorted({*book.names, *drafts}):
        rule = book.version(name) if name in book.names else None
        text = drafts[name].text if rule is None else rule.text
        said = f"{name} {text.target} {text.value} {text.description}".casefold()
        if all(word in said for word in wanted):
            shown[text.purpose].append(_item(name, rule, drafts.get(name), text, (chosen, as_of)))
    groups = [
        html.Details(
            [
                html.Summary([_TITLES[Purpose(p)], html.Span(str(len(items)), className="dim num")]),
                written(html.Ul(items)),
            ],
            open=bool(wanted) or p not in _FOLDED or any("is-chosen" in (i.className or "") for i in items),
        )
        for p, items in shown.items()
        if items
    ]
    nothing = "No rule is called that." if wanted else "No rule yet: draft the first one beside."
    return groups or [html.P(nothing, className="dim")]


def _item(
    name: str, rule: RuleVersion | None, draft: Draft | None, text: RuleText, place: tuple[str, str]
) -> html.Li:
    chosen, as_of = place
    words = {"name": name} | ({"as_of": as_of} if as_of != "now" else {})
    marks: list[Any] = [html.Small(f"v{rule.version}" if rule else "no version", className="dim num")]
    if draft:
        marks.append(html.Span(draft.state, className="state is-open"))
    if not text.enabled:
        marks.append(html.Span("off", className="state"))
    is_chosen = name == chosen
    link = dcc.Link(name, href=f"/rules?{urlencode(words)}", title="shown here" if is_chosen else "")
    return html.Li([link, *marks], className="is-chosen" if is_chosen else "")


def head(name: str, rule: RuleVersion | None, readers: Sequence[str]) -> html.Section:
    """Return what an active rule is."""
    if rule is None:
        said = "A new rule: nothing is active under this name." if name else "A new rule: give it a name."
        return html.Section(
            [html.H2(name or "New rule", className="rule-title"), html.P(said)], className="card-plain"
        )
    text = rule.text
    facts = [
        ("version", f"v{rule.version}"),
        ("purpose", text.purpose or "selection"),
        *(
            [("gives", f"{text.target} → {text.value}"), ("priority", str(text.priority))]
            if text.target
            else []
        ),
        ("missing data", text.null_policy),
        ("datasets", text.datasets),
        ("digest", rule.digest[:12]),
        *([("reads", ", ".join(sorted(rule.flags)))] if rule.flags else []),
        *([("read by", ", ".join(readers))] if readers else []),
        *([] if text.enabled else [("enabled", "no")]),
    ]
    return html.Section(
        [
            html.H2(name, className="rule-title"),
            html.P(text.description),
            html.Dl([html.Div([html.Dt(term), html.Dd(what)]) for term, what in facts], className="facts"),
        ],
        className="card-plain",
    )


def page(top: Any, left: Sequence[Any], right: Sequence[Any]) -> html.Div:
    """Return one rule: what it is, the editor, and beside it what it says and does."""
    columns = html.Div(
        [html.Div(list(left), className="rules-column"), html.Div(list(right), className="rules-column")],
        className="rules-columns",
    )
    return html.Div([top, columns], className="rules-column")
