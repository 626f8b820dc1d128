"""The golden JSON's page: what is asked, the rule with its switches, and what came out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import golden as cards
from components import golden_beside, golden_causes, skeleton
from components.golden_question import ANY, AS_KEPT, WAYS, Asked
from components.markup import attributes, labelled, page_title
from components.products import propose_panel
from components.theme import Theme, graph
from model.golden.choice import POLICIES
from model.golden.golden import ClauseLoss, Golden, Question
from model.golden.lists import sha256
from model.rulebook.book import RuleVersion
from rules.unknown import NullPolicy
from rules.variant import Part, kept_parts, parts

BODY = "golden-body"
NOTES = "golden-notes"
RULE_TITLE, CLAUSES, RULE_DRAFT = "golden-rule-title", "golden-clauses", "golden-rule-draft"
WAY, ACCOUNT = "golden-way", "golden-account"
#: the controls of the question, by the field of `Asked` that each sets
FIELDS: Mapping[str, str] = {
    "rule": "golden-rule-name",
    "dataset": "golden-pattern",
    "run_class": "golden-run-class",
    "era": "golden-era",
    "runs": "golden-runs",
    "cycle": "golden-cycle",
    "several": "golden-several",
    "null_policy": "golden-null",
    "losses": "golden-losses",
}
#: fields whose choices depend on the registry
OFFERED = ("rule", "run_class", "era", "cycle", "null_policy")
#: what the form was filled with
CHOSEN = "golden-chosen"
#: the address of what is shown, where it is not the one that was asked; the browser takes it over
SEARCH = "golden-search"
#: changes once no hand has changed the question for a moment: what takes longer is asked for only then
SETTLED = "golden-settled"
#: what a hand did to the clauses; only the browser writes it
HAND = "golden-hand"
_WAYS = {
    "order": ("in order", "first clause that refuses, in the order of the rule"),
    "exclusive": ("exclusive", "what only this clause refuses; what several refuse is mixed"),
    "inclusive": ("inclusive", "all that a clause refuses; these overlap and do not add up"),
}
_EVERY = {"run_class": "any class", "era": "any era", "cycle": "any cycle"}


@dataclass(frozen=True)
class Answer:
    """What the registry answered.

    Args:
        kept: the rule as it is kept, and its list, None where the rule asked for is that one.
    """

    question: Question
    golden: Golden
    kept: RuleVersion
    kept_golden: Golden | None
    as_of: str


def golden_body() -> html.Div:
    """Return the question's form and the places of the answer; callbacks fill them."""
    rule = html.Section(
        [
            html.H2(["Rule ", html.Span(id=RULE_TITLE, className="dim")]),
            html.Div(id=CLAUSES, className="golden-clauses"),
            html.Div(id=RULE_DRAFT, className="actions"),
        ],
        id=cards.RULE,
        className="card-plain",
    )
    bars = html.Section(
        [
            html.Div(
                [html.H2(["From recorded to golden ", html.Span(id=WAY, className="dim")]), _ways()],
                className="golden-ways",
            ),
            graph({}, cards.WATERFALL, style={"height": "320px"}, responsive=True),
            html.Div(id=ACCOUNT),
        ],
        className="card-plain",
    )
    left = [rule, golden_causes.card()]
    right = [bars, html.Section(id=cards.RESULT, className="card-plain"), golden_beside.card(), propose_panel()]
    columns = [html.Div(side, className="stack") for side in (left, right)]
    answer = html.Div(columns, id=BODY, className="golden-grid", hidden=True)
    notes = html.Div(id=NOTES, role="status")
    stores = [dcc.Store(id=name) for name in (CHOSEN, SEARCH, SETTLED, HAND)]
    reading = skeleton.cards((480, (1, 1)), (320, (1, 1)))
    parts = [page_title("Golden JSON"), _form(), reading, notes, answer, *stores]
    return html.Div(parts, className="stack")


def _form() -> html.Section:
    policies = [{"label": policy, "value": policy} for policy in POLICIES]
    runs = dbc.Input(
        id=FIELDS["runs"], size="sm", type="text", debounce=True, placeholder="all, or 381000-381594"
    )
    pattern = dbc.Input(id=FIELDS["dataset"], size="sm", type="text", debounce=True)
    controls = [
        labelled("Rule", dbc.Select(id=FIELDS["rule"], size="sm")),
        labelled("Datasets (% is any text)", pattern, "is-wide"),
        labelled("Class", dbc.Select(id=FIELDS["run_class"], size="sm")),
        labelled("Era", dbc.Select(id=FIELDS["era"], size="sm")),
        labelled("Runs", runs),
        labelled("Cycle", dbc.Select(id=FIELDS["cycle"], size="sm")),
        labelled("Several of a run", dbc.Select(id=FIELDS["several"], size="sm", options=policies)),
        labelled("Missing data", dbc.Select(id=FIELDS["null_policy"], size="sm", value=AS_KEPT)),
    ]
    return html.Section(
        [html.H2("Which golden JSON"), html.Div(controls, className="golden-form")], className="card-plain"
    )


def _ways() -> dbc.RadioItems:
    options = [{"label": _WAYS[way][0], "value": way, "title": _WAYS[way][1]} for way in WAYS]
    return dbc.RadioItems(id=FIELDS["losses"], options=options, value=WAYS[0], inline=True)


def options(
    rules: Sequence[RuleVersion], kept: str, choices: Mapping[str, Sequence[str]]
) -> dict[str, list[dict[str, str]]]:
    """Return what can be chosen in each control whose choices the registry knows.

    Args:
        kept: the null policy that the rule has itself.
        choices: classes, eras and cycles.
    """
    own = {"label": f"as the rule says ({kept})" if kept else "as the rule says", "value": AS_KEPT}
    found = {
        "rule": [{"label": f"{rule.name} v{rule.version}", "value": rule.name} for rule in rules],
        "null_policy": [own, *({"label": f"null is {p.value}", "value": p.value} for p in NullPolicy)],
    }
    for name, values in choices.items():
        named = [{"label": value, "value": value} for value in values]
        found[name] = [{"label": _EVERY[name], "value": ANY}, *named]
    return found


def drawn(answer: Answer, asked: Asked, theme: Theme, *, may_draft: bool) -> dict[str, Any]:
    """Return the parts of the answer, by the place each is for."""
    golden, way = answer.golden, asked.losses
    shown = parts(answer.kept.rule)
    left = kept_parts(answer.kept.rule, asked.variation)
    by_key = {part.key: loss for part, loss in zip(left, golden.losses, strict=True)}
    ordered = kept_parts(answer.kept.rule, replace(asked.variation, off=frozenset()))
    losses = [(_short(part.text), _lost(by_key[part.key], way)) for part in left]
    rest = [cards.Bar("unknown", -golden.unknown_invpb)]
    if way == "exclusive":
        rest.insert(0, cards.Bar("mixed", -golden.mixed_invpb))
    bars = cards.steps(golden.considered_invpb, golden.recorded_invpb, losses, rest)
    return {
        "title": _title(answer),
        "clauses": cards.clauses(
            [_clause(part, by_key, asked) for part in ordered], [part.key for part in shown]
        ),
        "losses": {part.key: cards.loss(_cost(by_key.get(part.key), way)) for part in shown},
        "draft": _draft(answer, may_draft=may_draft),
        "figure": cards.waterfall(bars, theme, stacked=way != "inclusive"),
        "way": f"pb⁻¹, {_WAYS[way][1]}",
        "account": _account(answer),
        "result": cards.result(_result(answer, asked), _links(asked, answer), _against_kept(answer)),
    }


def notes(sentences: Sequence[str], *, refused: str = "") -> list[html.P]:
    """Return what was dropped from the address, and why there is no answer."""
    said = [html.P(sentence, className="notice is-late") for sentence in sentences]
    return [*said, html.P(refused, className="notice is-refusal", role="alert")] if refused else said


def _clause(part: Part, losses: Mapping[str, ClauseLoss], asked: Asked) -> cards.Clause:
    given = asked.variation.numbers
    now = [(number, given.get((part.key, place), number)) for place, number in enumerate(part.numbers)]
    return cards.Clause(part.key, part.text, _cost(losses.get(part.key), asked.losses), tuple(now))


def _cost(loss: ClauseLoss | None, way: str) -> float | None:
    return None if loss is None else _lost(loss, way)


def _lost(loss: ClauseLoss, way: str) -> float:
    by_way = {
        "order": loss.sequential_invpb,
        "exclusive": loss.exclusive_invpb,
        "inclusive": loss.inclusive_invpb,
    }
    return by_way[way]


def _title(answer: Answer) -> str:
    rule, kept = answer.question.rule, answer.kept
    null = f"null is {rule.null_policy.value}"
    if rule.null_policy != kept.null_policy:
        null += f", not {kept.null_policy.value} as the rule says"
    varied = "" if rule.closure == kept.closure else " · varied, kept nowhere"
    return f"{kept.name} v{kept.version}{varied} · {null}"


def _draft(answer: Answer, *, may_draft: bool) -> list[Any]:
    rule, kept = answer.question.rule, answer.kept
    logic = html.Details([html.Summary("JSON", className="button"), html.Pre(_json(rule))])
    if rule.closure == kept.closure:
        return [logic]
    reset = html.Button("As kept", type="button", className="button golden-reset", n_clicks=0)
    words = {
        "disabled": not may_draft,
        "title": "" if may_draft else "Drafting this rule needs a right you lack.",
    }
    draft = html.Button(
        "Make it a draft…", id={"type": RULE_DRAFT, "rule": kept.name}, className="button", **attributes(words)
    )
    return [draft, reset, logic]


def _json(rule: RuleVersion) -> str:
    return rule.rule.canonical if len(rule.rule.canonical) < 20_000 else f"{rule.rule.canonical[:20_000]} …"


def _address(asked: Asked, answer: Answer) -> str:
    said = {"rule": asked.rule, "dataset": asked.dataset, "several": asked.several, **asked.conditions()}
    if asked.null_policy != AS_KEPT:
        said["null_policy"] = asked.null_policy
    said = {name: value for name, value in said.items() if value}
    return f"/api/v1/golden-json?{urlencode({**said, 'as_of': answer.as_of})}"


def _links(asked: Asked, answer: Answer) -> list[html.A]:
    if answer.question.rule.closure != answer.kept.closure:
        return []
    manifest = _address(asked, answer).replace("golden-json?", "golden-json/manifest?")
    return [
        html.A("Manifest", href=manifest, className="button", target="_blank"),
        html.A("API", href="/api/docs/", className="button", target="_blank"),
    ]


def _result(answer: Answer, asked: Asked) -> cards.Golden:
    golden, rule = answer.golden, answer.question.rule
    text = golden.body.decode()
    is_kept = rule.closure == answer.kept.closure
    version = f"v{answer.kept.version}" if is_kept else f"v{answer.kept.version}, varied"
    return cards.Golden(
        golden.recorded_invpb,
        golden.considered_invpb,
        len(golden.lists),
        golden.lumisections,
        sha256(golden.body),
        answer.question.at,
        f"{rule.name} {version} {rule.digest[:12]}",
        text if len(text) <= 300 else f"{text[:300]} …",
        _address(asked, answer)
        if is_kept
        else f"data:application/json;charset=utf-8,{text}".replace("\n", "%0A"),
        golden.source,
    )


def _against_kept(answer: Answer) -> list[html.P]:
    if answer.kept_golden is None:
        return []
    more = answer.golden.recorded_invpb - answer.kept_golden.recorded_invpb
    count = answer.golden.lumisections - answer.kept_golden.lumisections
    said = f"{cards.signed(more, 2)} pb⁻¹, {cards.signed(count, 0)} lumisections against the rule as it is kept"
    return [html.P(said if more or count else "The same as the rule as it is kept.", className="golden-change")]


def _short(text: str) -> str:
    return text.split(" ", 1)[0].rsplit(".", 1)[-1]


def _account(answer: Answer) -> html.P:
    golden = answer.golden
    lost = golden.considered_invpb - golden.recorded_invpb
    only = sum(loss.exclusive_invpb for loss in golden.losses)
    sums = {
        "lost in all": lost,
        "by one clause only": only,
        "by several (mixed)": golden.mixed_invpb,
        "unknown": golden.unknown_invpb,
    }
    said = " · ".join(f"{name} {value:,.2f} pb⁻¹" for name, value in sums.items())
    considered = f"{golden.considered:,} lumisections considered, {golden.unknown:,} unknown"
    demo = " Verdicts of the demo year are illustrative; the list they give is the published one."
    return html.P(f"{said} · {considered}.{demo}", className="dim")
