"""`/consistency`: findings of the sentinel by luminosity; one of them beside, with the answers one can give."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.amounts import invpb
from components.empty import empty, way
from components.glossary import known
from components.markup import attributes, labelled, page_title
from model.commands.findings import Correction
from model.ranges import text
from model.sentinel.finding import OVERRIDABLE, WORDS, Finding
from model.sentinel.findings import Listed, Total

HEAD = "consistency-head"
ROWS = "consistency-rows"
PANEL = "consistency-panel"
RUNS = "consistency-runs"
REASON = "consistency-reason"
REFUSAL = "consistency-refusal"
#: what the last answer wrote; the panel reads again
ANSWERED = "consistency-answered"
#: the finding beside: {"key", "digest", "bits"}
SHOWN = "consistency-shown"
#: type of the ids of the answers: acknowledge, take-back; true, false: the override that was tried
DO = "consistency-do"
#: type of the ids of the buttons that try an override
TRY = "consistency-try"
#: what the override that was tried would do
EFFECT = "consistency-effect"
_MOST_LINES = 50
_LONGEST_RANGES = 34
Json = Any


def consistency_body() -> html.Div:
    """Return the places that callbacks fill, and the range of runs."""
    runs = dbc.Input(id=RUNS, size="sm", type="text", debounce=True, placeholder="381000-381500")
    live = attributes({"aria-live": "polite"})
    table = html.Section(
        [labelled("Runs", runs, "consistency-range"), html.Div(id=ROWS, className="consistency-table waits")],
        className="card-plain",
    )
    beside = html.Aside(
        [html.Div(id=PANEL, className="consistency-panel waits"), html.Div(id=REFUSAL, role="alert")],
        className="card-plain",
        **live,
    )
    stores = [dcc.Store(id=ANSWERED), dcc.Store(id=SHOWN)]
    two = html.Div([table, beside], className="consistency-two")
    return html.Div(
        [page_title("Consistency"), *stores, html.Div(id=HEAD, className="consistency-place waits"), two],
        className="stack consistency-page",
    )


def address(kept: Mapping[str, str], **other: str) -> str:
    """Return the address with some of its words changed; what is empty is left out."""
    words = {name: value for name, value in {**kept, **other}.items() if value}
    return f"/consistency?{urlencode(words)}" if words else "/consistency"


def head(kinds: Sequence[Total], owners: Sequence[str], kept: Mapping[str, str], notes: str) -> html.Div:
    """Return the kinds with what they add up to, the owners, and what was dropped from the address."""
    cards = [_card(each, kept) for each in kinds]
    of_owner = [_tab("all owners", "", kept), *(_tab(name, name, kept) for name in owners)]
    also = kept.get("acknowledged") == "1"
    toggle = dcc.Link(
        "✓ acknowledged too" if also else "acknowledged too",
        href=address(kept, acknowledged="" if also else "1"),
        className="is-active" if also else "tab-link",
    )
    return html.Div(
        [
            html.Nav(cards, className="consistency-kinds", **attributes({"aria-label": "kinds of findings"})),
            html.Nav([*of_owner, toggle], className="certify-tabs", **attributes({"aria-label": "owners"})),
            html.Div(notes, className="notice is-late") if notes else None,
        ],
        className="consistency-head",
    )


def _card(each: Total, kept: Mapping[str, str]) -> dcc.Link:
    is_active = kept.get("kind") == each.kind.value
    many = f"{each.runs:,} run{'s' if each.runs > 1 else ''}"
    more = f"{many}, {each.lumisections:,} LS" if each.lumisections else many
    inside = [html.B(invpb(each.at_stake_invpb, 3)), html.Span(WORDS[each.kind]), html.Small(more)]
    href = address(kept, kind="" if is_active else each.kind.value, finding="")
    return dcc.Link(inside, href=href, className=f"consistency-kind {'is-active' if is_active else ''}")


def _tab(label: str, owner: str, kept: Mapping[str, str]) -> dcc.Link:
    is_active = kept.get("owner", "") == owner
    href = address(kept, owner=owner, finding="")
    return dcc.Link(label, href=href, className="is-active" if is_active else "tab-link")


def rows(found: Sequence[Listed], kept: Mapping[str, str], now: datetime) -> Any:
    """Return one line for each finding."""
    if not found:
        sentence = "Nothing that you ask for contradicts itself."
        return empty(
            "No finding", sentence, way("Of everybody", "/consistency") if any(kept.values()) else None
        )
    columns = (
        ("run", "num"),
        ("finding", ""),
        ("LS", ""),
        ("pb⁻¹", "num"),
        ("owner", "consistency-more"),
        ("age", "num consistency-more"),
    )
    lines = [_line(each, kept, now) for each in found[:_MOST_LINES]]
    shown = (
        f", the {_MOST_LINES} with most luminosity shown; choose a kind, an owner or runs for others"
        if len(found) > _MOST_LINES
        else ""
    )
    words = f"{len(found):,} finding{'s' if len(found) > 1 else ''}{shown}; luminosity from OMS."
    top = html.Thead(html.Tr([html.Th(known(name), className=css) for name, css in columns]))
    return [html.P([words, _keys()], className="dim consistency-words"), html.Table([top, html.Tbody(lines)])]


def _keys() -> html.Span:
    said = (("↑ ↓", "move"), ("↵", "open"), ("A", "acknowledge"), ("O", "override"))
    parts = [part for key, what in said for part in (html.Kbd(key), f" {what} ")]
    return html.Span(parts, className="consistency-keys")


def _line(each: Listed, kept: Mapping[str, str], now: datetime) -> html.Tr:
    found = each.finding
    is_chosen = kept.get("finding") == found.key
    # arrows move over the lines by this class, Enter follows the link
    href = address(kept, finding=found.key)
    link = dcc.Link(WORDS[found.kind], href=href, title=found.sentence, className="consistency-open")
    mark = html.Span(" ✓ acknowledged", className="dim") if each.acknowledged else None
    cells = [
        html.Td(dcc.Link(str(found.run_number), href=f"/runs/{found.run_number}"), className="num"),
        html.Td([link, mark]),
        html.Td(_short(found), title=text(found.lumisections)[:500], className="consistency-ls"),
        html.Td(invpb(found.at_stake_invpb, 3), className="num", title=measured(found)),
        html.Td(found.owner, className="consistency-more"),
        html.Td(age(now - found.since_at), className="num consistency-more", title=_date(found.since_at)),
    ]
    return html.Tr(cells, className="is-current" if is_chosen else "")


def _short(found: Finding) -> str:
    whole = text(found.lumisections)
    if len(whole) <= _LONGEST_RANGES:
        return whole or "whole run"
    return f"{found.lumisection_count:,} LS, {found.lumisections[0].first}–{found.lumisections[-1].last}"


def measured(found: Finding) -> str:
    """Return in words which luminosity is concerned."""
    parts = [f"recorded {found.recorded_invpb:,.4g} pb⁻¹", f"delivered {found.delivered_invpb:,.4g} pb⁻¹"]
    if found.expected_invpb:
        parts.append(f"about {found.expected_invpb:,.3g} pb⁻¹ as the lumisections beside suggest")
    return "; ".join([*parts, "source OMS"])


def age(since: timedelta) -> str:
    """Return for how long in one unit."""
    hours = max(since, timedelta()) / timedelta(hours=1)
    return f"{hours / 24:,.0f} d" if hours >= 48 else f"{hours:.0f} h" if hours >= 1 else "< 1 h"


def _date(at: datetime) -> str:
    return f"since {at:%Y-%m-%d %H:%M} UTC"


def panel(each: Listed | None, now: datetime) -> Any:
    """Return one finding with its answers; without one, how to choose it."""
    if each is None:
        return empty("Choose a finding", "A line shows what contradicts what, and how to answer it.")
    found = each.finding
    title = html.H2([f"{found.run_number} · {WORDS[found.kind]}"])
    told = [
        html.P(found.sentence, className="consistency-sentence"),
        html.Dl([part for name, said in _facts(found, now) for part in (html.Dt(name), html.Dd(said))]),
        html.P([html.B("What would mend it. "), found.mend]),
    ]
    number = found.run_number
    links = [
        dcc.Link("open the run", href=f"/runs/{number}", className="button"),
        dcc.Link("certify it", href=f"/certify/global?runs={number}-{number}", className="button"),
    ]
    return html.Div([title, *told, html.Div(links, className="actions"), *_answers(each)], className="stack")


def _facts(found: Finding, now: datetime) -> list[tuple[str, str]]:
    where = text(found.lumisections[:40]) + (" …" if len(found.lumisections) > 40 else "")
    return [
        ("lumisections", f"{found.lumisection_count:,}: {where}" if where else "the run as a whole"),
        ("luminosity", measured(found)),
        *([("bits", ", ".join(found.bits))] if found.bits else []),
        ("owner", found.owner),
        (
            "since",
            f"{found.since_at:%Y-%m-%d %H:%M} UTC, {age(now - found.since_at)} ago, sequence {found.since:,}",
        ),
    ]


def _answers(each: Listed) -> list[Any]:
    said = each.acknowledged
    reason = dbc.Input(id=REASON, size="sm", type="text", maxLength=2_000, placeholder="why")
    know: Any = _do(["Acknowledge ", html.Kbd("A")], "acknowledge", "button")
    if said is not None:
        words = f"Acknowledged by {said.author}, {said.at:%Y-%m-%d %H:%M} UTC: {said.reason}"
        know = html.Div([html.P(words), _do("Take back", "take-back", "button")])
    override = _override(each.finding.bits) if each.finding.kind in OVERRIDABLE else None
    return [labelled("Reason", reason), html.Div([know], className="actions consistency-answers"), override]


def _override(bits: Sequence[str]) -> html.Div:
    values = [
        html.Button(
            ["was ", html.B(value)],
            id={"type": TRY, "value": value},
            type="button",
            className="button",
            n_clicks=0,
        )
        for value in ("true", "false")
    ]
    asked = html.Div(
        [html.Span(["Override ", html.Kbd("O"), f" {', '.join(bits)}"]), *values],
        className="actions consistency-override",
    )
    effects = html.Div(id=EFFECT, **attributes({"aria-live": "polite"}))
    return html.Div([asked, effects], className="consistency-try")


def effect(found: Correction, bits: Sequence[str], *, is_true: bool) -> html.Div:
    """Return what an override would do, and the button that does it."""
    value = "true" if is_true else "false"
    many = f"{len(found.datasets)} dataset{'s' if len(found.datasets) > 1 else ''}"
    golden = found.golden
    of_golden = "no dataset of this run is read by the golden rule"
    if golden is not None:
        of_golden = f"{golden.change_invpb:+,.3f} pb⁻¹, {golden.lumisections:+,} LS by {golden.rule}"
    said = [
        ("if applied", f"{', '.join(bits)} {value} on {found.lumisections:,} LS of {many}"),
        ("recorded on them", f"{found.recorded_invpb:,.3f} pb⁻¹, source OMS"),
        ("golden", of_golden),
        ("in", ", ".join(found.datasets)),
    ]
    lines = html.Dl([part for name, words in said for part in (html.Dt(name), html.Dd(words))])
    note = html.P("It holds in every dataset of the run; what OMS says stays beside it.", className="dim")
    apply = html.Div(_do(["Apply ", html.Kbd("↵")], value, "button is-primary"), className="actions")
    is_loss = golden is not None and golden.change_invpb < 0
    return html.Div([lines, note, apply], className=f"impact consistency-effect {'is-loss' if is_loss else ''}")


def _do(label: Any, do: str, css: str) -> html.Button:
    return html.Button(label, id={"type": DO, "do": do}, type="button", className=css, n_clicks=0)
