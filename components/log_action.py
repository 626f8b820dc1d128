"""One action of the log: what it did, what it touched, what taking it back would change."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from dash import dcc, html

from components.empty import empty
from components.log_page import lumisections, minute, recorded, source, voice
from components.markup import attributes
from model.commands.undo_effect import Reverting
from model.queries.action_facts import Touched
from model.queries.actions import Act
from model.ranges import short_text
from model.vocabulary import GLOBAL, ONLINE, stage_of, workspace_of

#: the button that shows what a revert changes, and the one that reverts, of the action that stands beside
TRY = "log-try"
REVERT = "log-revert"
EFFECT = "log-effect"
#: the action beside
SHOWN = "log-shown"
_MOST = 8
Json = Any
#: pages of what is no run's
_PAGES = {
    "rule": "/rules?{name}",
    "rule-draft": "/rules?{name}",
    "rights": "/rights",
    "workspaces": "/admin",
    "accepted-datasets": "/datasets",
    "certification-list": "/lists?{a}",
    "label": "/?{as_of}",
    "handover": "/reports",
    "cycle": "/cycles",
    "finding": "/consistency?{finding}&acknowledged=1",
    "product": "/products?{product}",
    "report": "/reports?{report}",
}


def panel(each: Act | None, why_not: str = "", *, is_past: bool = False) -> Any:
    """Return one action; without one, how to choose it.

    Args:
        why_not: why it cannot be taken back; empty where that may be tried.
    """
    if each is None:
        return empty("Choose an action", "A line shows what it did, what it touched, and how to take it back.")
    if is_past:
        why_not = "This is the registry as it was: go back to now to take something back."
    name = html.H2(f"Action {each.action:,}")
    facts = html.Dl([part for label, said in _facts(each) for part in (html.Dt(label), html.Dd(said))])
    links = [dcc.Link(label, href=href, className="button") for label, href in places(each)]
    store = dcc.Store(id=SHOWN, data=each.action)
    return html.Div(
        [store, name, facts, html.Div(links, className="actions"), _revert(why_not)], className="stack"
    )


def _facts(each: Act) -> Iterator[tuple[str, Any]]:
    of = each.touched
    yield "who", f"{each.author}, {voice(each)}"
    yield "recorded", f"{minute(each.recorded_at)} UTC"
    if minute(each.happened_at) != minute(each.recorded_at):
        yield "happened", f"{minute(each.happened_at)} UTC"
    yield "what", each.what
    yield "why", each.comment or "no comment"
    if of.lumisections:
        yield "lumisections", f"{lumisections(each)}{_which(of)}"
        yield "luminosity", html.Span(f"{recorded(each)} pb⁻¹, recorded, {each.source}", title=source(each))
    yield "datasets", _listed([f"{number} {name}" for number, name in of.datasets])
    yield "columns", _listed(of.columns)
    more = "" if each.is_whole else "; it is too long to be read whole, so numbers are the least"
    yield "facts", f"{each.facts:,}, sequences {each.action:,} to {each.last:,}{more}"
    if each.taken_back_by:
        yield "taken back by", f"action {each.taken_back_by:,}"


def _which(of: Touched) -> str:
    if len(of.lumisections) > 1:
        return f" of {len(of.lumisections):,} runs"
    return f": {short_text(next(iter(of.lumisections.values())))}"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _MOST:,} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more or "–"


def places(each: Act) -> Iterator[tuple[str, str]]:
    """Yield where one sees what an action touched: the label of a link and its address."""
    of = each.touched
    for number in of.runs[:3]:
        yield f"run {number}", f"/runs/{number}"
    if len(of.runs) > 3:
        yield f"all {len(of.runs):,} runs", f"/certify/{GLOBAL}?runs={of.runs[0]}-{of.runs[-1]}"
    if certify := _certify(of):
        yield "certify these", certify
    for kind, name in of.documents[:_MOST]:
        if page := _PAGES.get(kind):
            words = {
                key: urlencode({key: name}) for key in ("name", "a", "as_of", "finding", "product", "report")
            }
            yield f"{kind} {name}", page.format(**words)
    begins = f"/runs/{of.runs[0]}" if of.runs else "/log"
    yield "as it was before", f"{begins}?as_of={each.action - 1}"
    yield "as it was after", f"{begins}?as_of={each.last}"


def _certify(of: Touched) -> str:
    """Return the grid with these datasets and lumisections; empty where they are online, or none."""
    offline = [where for where in of.datasets if where[1] != ONLINE]
    if not offline:
        return ""
    owners = {workspace_of(column) for column in of.columns}
    numbers = [number for number, _ in offline]
    words = {"stage": stage_of(offline[0][1]).value, "runs": f"{min(numbers)}-{max(numbers)}"}
    if len(of.lumisections) == 1:
        spans = next(iter(of.lumisections.values()))
        words["ls"] = f"{spans[0].first}-{spans[-1].last}"
    return f"/certify/{quote(owners.pop()) if len(owners) == 1 else GLOBAL}?{urlencode(words)}"


def _revert(why_not: str) -> html.Div:
    button = html.Button(
        "Revert…", id=TRY, type="button", className="button", disabled=bool(why_not), title=why_not, n_clicks=0
    )
    reason = html.P(f"It cannot be reverted: {why_not}", className="dim log-why-not") if why_not else None
    effect_place = html.Div(id=EFFECT, **attributes({"aria-live": "polite"}))
    return html.Div([html.Div([button], className="actions"), reason, effect_place], className="log-revert")


def effect(found: Reverting | None, note: str = "") -> html.Div:
    """Return what a revert would change, and the button that does it.

    Args:
        note: in place of what it would change, where that was not tried.
    """
    said = [] if found is None else list(_effects(found))
    lines = html.Dl([part for label, words in said for part in (html.Dt(label), html.Dd(words))])
    button = html.Button(
        "Revert all of it", id=REVERT, type="button", className="button is-primary", n_clicks=0
    )
    is_loss = bool(found and found.golden and found.golden.change_invpb < 0)
    inside = [html.P(note, className="dim") if note else lines, html.Div(button, className="actions")]
    return html.Div(inside, className=f"impact log-effect {'is-loss' if is_loss else ''}")


def _effects(found: Reverting) -> Iterator[tuple[str, str]]:
    of = found.touched
    yield "if reverted", f"what was so before holds again ({found.facts:,} more in the journal)"
    if of.lumisections:
        yield "lumisections", f"{of.lumisection_count:,}{_which(of)}"
        yield "recorded on them", f"{found.recorded_invpb:,.3f} pb⁻¹, source OMS"
    if of.datasets:
        yield "in", _listed([f"{number} {name}" for number, name in of.datasets])
    if found.golden is not None:
        golden = found.golden
        change = f"{golden.change_invpb:+,.3f} pb⁻¹, {golden.lumisections:+,} LS by {golden.rule}"
        yield "golden", change if golden.reads else f"{change}; the rule does not read all of these datasets"
