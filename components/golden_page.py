"""The golden JSON's page: what is asked, and what came out."""

from collections.abc import Sequence
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import golden as cards
from components.empty import empty
from components.markup import labelled
from components.theme import Theme
from model.golden.choice import POLICIES
from model.golden.golden import Golden, Question
from model.golden.lists import sha256
from model.rulebook.book import RuleVersion
from rules.unknown import NullPolicy

BODY = "golden-body"
RULE_NAME = "golden-rule-name"
PATTERN = "golden-pattern"
SEVERAL = "golden-several"
NULL = "golden-null"
#: what the form was filled with
CHOSEN = "golden-chosen"
#: the choice that leaves a rule its own null policy; a choice cannot be empty
AS_KEPT = "kept"
ASK = "golden-ask"
_SHOWN_BARS = 9


def golden_body() -> html.Div:
    """Return the question's form and the place of the answer; callbacks fill both."""
    form = html.Section(
        [
            html.H2("Which golden JSON"),
            html.Div(
                [
                    labelled("Rule", dbc.Select(id=RULE_NAME, size="sm")),
                    labelled(
                        "Datasets (% is any text)",
                        dbc.Input(id=PATTERN, size="sm", type="text", debounce=True),
                    ),
                    labelled(
                        "Several datasets of a run",
                        dbc.Select(
                            id=SEVERAL,
                            size="sm",
                            value="refuse",
                            options=[{"label": policy, "value": policy} for policy in POLICIES],
                        ),
                    ),
                    labelled("Missing data", dbc.Select(id=NULL, size="sm", value=AS_KEPT)),
                    html.Button("Compute", id=ASK, type="button", className="button is-primary", n_clicks=0),
                ],
                className="golden-form",
            ),
        ],
        className="card-plain",
    )
    answer = dcc.Loading(html.Div(id=BODY), delay_show=300, type="dot")
    return html.Div([form, answer, dcc.Store(id=CHOSEN)], className="stack")


def rule_options(rules: Sequence[RuleVersion]) -> list[dict[str, str]]:
    """Return the rules to choose from."""
    return [{"label": f"{rule.name} v{rule.version}", "value": rule.name} for rule in rules]


def null_options(kept: str) -> list[dict[str, str]]:
    """Return what missing data can count as; the rule's own policy first, where there is a rule."""
    own = {"label": f"as the rule says ({kept})" if kept else "as the rule says", "value": AS_KEPT}
    return [own, *({"label": f"null is {policy.value}", "value": policy.value} for policy in NullPolicy)]


def body(
    question: Question, golden: Golden, as_of: str, *, kept: NullPolicy, theme: Theme = "dark"
) -> html.Div:
    """Return the answer: the rule with its losses, the waterfall, the result."""
    asked = {
        "rule": question.rule.name,
        "dataset": question.pattern,
        "as_of": as_of,
        "several": question.several,
    }
    if question.rule.null_policy != kept:
        asked["null_policy"] = question.rule.null_policy.value
    address = f"/api/v1/golden-json?{urlencode(asked)}"
    rule = question.rule
    null = f"null is {rule.null_policy.value}"
    if rule.null_policy != kept:
        null += f", not {kept.value} as the rule says"
    name = f"{rule.name} v{rule.version} · {null} · what only this clause refuses"
    clauses = [
        cards.Clause(loss.text, loss.exclusive_invpb)
        for loss in sorted(golden.losses, key=lambda c: -c.exclusive_invpb)
    ]
    figure = cards.waterfall(_bars(golden), theme)
    note = "pb⁻¹, first clause that refuses; the largest named"
    return cards.page(
        cards.rule(clauses, name),
        cards.losses(figure, note),
        cards.result(_result(question, golden, address), _links(address)),
        _account(golden),
    )


def refused(sentence: str) -> html.Div:
    """Return why there is no answer."""
    return empty("No golden JSON", sentence)


def _result(question: Question, golden: Golden, address: str) -> cards.Golden:
    text = golden.body.decode()
    head = text if len(text) <= 300 else f"{text[:300]} …"
    return cards.Golden(
        golden.recorded_invpb,
        golden.considered_invpb,
        len(golden.lists),
        golden.lumisections,
        sha256(golden.body),
        question.at,
        f"{question.rule.name} v{question.rule.version} {question.rule.digest[:12]}",
        head,
        address,
        golden.source,
    )


def _links(address: str) -> list[html.A]:
    manifest = address.replace("golden-json?", "golden-json/manifest?")
    return [
        html.A("Manifest", href=manifest, className="button", target="_blank"),
        html.A("API", href="/api/docs/", className="button", target="_blank"),
    ]


def _bars(golden: Golden) -> Sequence[cards.Bar]:
    order = sorted(golden.losses, key=lambda c: -c.sequential_invpb)
    large = {id(c) for c in order[:_SHOWN_BARS] if c.sequential_invpb > 0}
    rest = sum(c.sequential_invpb for c in golden.losses if id(c) not in large)
    bars = [cards.Bar("recorded", golden.considered_invpb, is_total=True)]
    bars += [cards.Bar(_short(c.text), -c.sequential_invpb) for c in golden.losses if id(c) in large]
    if rest > 0:
        bars.append(cards.Bar("others", -rest))
    return [*bars, cards.Bar("golden", golden.recorded_invpb, is_total=True)]


def _short(text: str) -> str:
    variable = text.split(" ", 1)[0]
    return variable.rsplit(".", 1)[-1]


def _account(golden: Golden) -> html.Section:
    lost = golden.considered_invpb - golden.recorded_invpb
    only = sum(c.exclusive_invpb for c in golden.losses)
    rows = [
        ("lost in all", lost),
        ("refused by one clause only", only),
        ("refused by several (mixed)", golden.mixed_invpb),
    ]
    return html.Section(
        [
            html.H2("Account"),
            html.Table(
                html.Tbody([html.Tr([html.Td(n), html.Td(f"{v:,.2f} pb⁻¹", className="num")]) for n, v in rows])
            ),
            html.P(
                f"{golden.considered:,} lumisections considered, {golden.unknown:,} unknown", className="dim"
            ),
            html.P(
                "Verdicts of the demo year are illustrative; the list they give is the published one.",
                className="dim",
            ),
        ],
        className="card-plain",
    )
