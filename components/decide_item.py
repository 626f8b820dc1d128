"""One thing to decide, with every side of it: what counts, what a rule, a program or somebody before says."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components.amounts import invpb
from components.decide_page import WORDS, title
from components.late_change import consequence
from components.lumisection_strip import Span
from components.markup import attributes
from components.mini_strip import mini_strip
from model.queries.decisions import Kind
from model.queries.history import Happening
from model.queries.late_changes import LateChange
from model.queries.proposals import Proposal
from model.queries.sides import Sides
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, intersect, subtract, text
from model.vocabulary import LETTER, Status

_STEPS = 6
Json = Any


def item(found: Json, said: Sides, place: tuple[int, int, int]) -> html.Div:
    """Return one thing to decide.

    Args:
        place: its index in the row, how many there are, and the number of the request it answers.
    """
    spans = tuple(LumisectionRange(first, last) for first, last in found["ranges"])
    return _framed(
        found,
        [
            html.Div(_strips(said, spans), className="decide-strips"),
            html.Div([_voices(said, spans), _offers(said, spans)], className="decide-sides"),
            _history(said.history),
        ],
        place,
    )


def late(found: Json, one: LateChange, n_alike: int, place: tuple[int, int, int]) -> html.Div:
    """Return a late change to answer, with what accepting it would do."""
    answers = [("accept", "Accept", "A"), ("reject", "Reject", "X")]
    if n_alike > 1:
        answers.append(("alike", f"Accept all {n_alike} alike", "L"))
    buttons = [
        html.Button(
            [f"{label} ", html.Kbd(key)],
            type="button",
            className="button",
            **attributes({"data-decide": do, "data-ids": ""}),
        )
        for do, label, key in answers
    ]
    return _framed(found, [consequence(one), html.Div(buttons, className="decide-buttons")], place)


def _framed(found: Json, inside: Sequence[Any], place: tuple[int, int, int]) -> html.Div:
    address = f"/certify/{found['workspace']}?{urlencode({'runs': found['run_number']})}"
    words = [
        html.Span(WORDS[Kind(found["kind"])], className=f"chip decide-kind is-{found['kind']}"),
        html.H2(title(found)),
        html.Span(found["dataset"], className="dim"),
        html.Span(f"{place[0] + 1} of {place[1]}", className="dim num decide-place"),
        dcc.Link("run", href=f"/runs/{found['run_number']}"),
        dcc.Link("grid", href=address) if found["workspace"] else None,
    ]
    stake = [html.Strong(invpb(found["at_stake_invpb"])), html.Small("pb⁻¹ at stake")]
    return html.Div(
        [
            html.Header([html.Div(words, className="decide-title"), html.Div(stake, className="decide-stake")]),
            html.P(found["sentence"], className="decide-sentence"),
            *inside,
        ],
        **attributes({"data-key": found["key"], "data-index": place[0], "data-n": place[2]}),
        **attributes({"data-kind": found["kind"]}),
    )


def _strips(said: Sides, spans: Ranges) -> list[Any]:
    first, last = said.lumisections[0].first, said.lumisections[-1].last
    asked = [Span(a, b, Status.NOTSET.value) for a, b in spans]
    lines = [("to decide", mini_strip(asked, first, last), "is-asked")]
    lines.append(("counts", mini_strip(_with_silence(said), first, last), ""))
    if said.overruled:
        lines.append(("rule, under it", mini_strip([_span(v) for v in said.overruled], first, last), ""))
    for program in sorted({p.program for p in said.proposals}):
        offered = [
            Span(p.span.first, p.span.last, p.status.value, p.program, is_person=False, comment=p.reason)
            for p in said.proposals
            if p.program == program
        ]
        lines.append((f"proposed by {program}", mini_strip(offered, first, last), ""))
    ends = html.Div([html.Span(f"LS {first}"), html.Span(f"LS {last}")], className="decide-ends dim num")
    return [
        *[html.Div([html.Small(name), drawn], className=f"decide-strip {look}") for name, drawn, look in lines],
        html.Div([html.Small(), ends], className="decide-strip"),
    ]


def _with_silence(said: Sides) -> list[Span]:
    """Return what counts, and EMPTY on lumisections of which nobody spoke."""
    spoken = canonical(v.span for v in said.counts)
    silent = [Span(a, b, Status.EMPTY.value) for a, b in subtract(said.lumisections, spoken)]
    return sorted([*map(_span, said.counts), *silent], key=lambda span: span.first)


def _span(v: Verdict) -> Span:
    return Span(v.span.first, v.span.last, v.status.value, v.author, v.is_person, v.cause, v.comment)


def _voices(said: Sides, spans: Ranges) -> html.Div:
    voices = [*_spoken(said.counts, spans, "counts"), *_spoken(said.overruled, spans, "is outranked")]
    # what was only cut, or said again, still counts there
    before = [
        replace(v, span=part)
        for v in said.replaced
        for part in subtract((v.span,), canonical(now.span for now in said.counts if now.same_as(v)))
    ]
    voices += _spoken(before, spans, "said before")
    silence = html.P("Nobody and no rule has spoken here.", className="dim")
    return html.Div([html.H3("Said of these lumisections"), html.Ul(voices) if voices else silence])


def _spoken(verdicts: Sequence[Verdict], spans: Ranges, what: str) -> list[html.Li]:
    """Return who said what on the lumisections in question, the same words once."""
    said: list[tuple[Verdict, list[LumisectionRange]]] = []
    for v in verdicts:
        here = list(intersect((v.span,), spans))
        same = next((parts for other, parts in said if other.same_as(v)), None)
        if same is not None:
            same += here
        elif here:
            said.append((v, here))
    return [_side(v.status, canonical(parts), what, v) for v, parts in said]


def _side(status: Status, spans: Ranges, what: str, v: Verdict) -> html.Li:
    who = v.author if v.is_person else f"{v.author}, a rule"
    reason = ", ".join(word for word in (v.cause, v.comment) if word)
    return html.Li(
        [
            _letter(status),
            html.Div([html.B(who), f" LS {text(spans)} ", html.Span(what, className="dim")]),
            html.Q(reason) if reason else html.Span("no reason given", className="dim"),
        ]
    )


def _letter(status: Status) -> html.Span:
    return html.Span(LETTER[status], className=f"decide-letter status-{status.name.lower()}", title=status.name)


def _offers(said: Sides, spans: Ranges) -> html.Div | None:
    alike: dict[tuple[object, ...], list[Proposal]] = {}
    for p in said.proposals:
        if intersect((p.span,), spans):
            alike.setdefault((p.program, p.version, p.status, p.score, p.reason), []).append(p)
    if not alike:
        return None
    return html.Div([html.H3("Proposed, not effective"), html.Ul([_offer(found) for found in alike.values()])])


def _offer(found: Sequence[Proposal]) -> html.Li:
    p, spans = found[0], text(canonical(each.span for each in found))
    score = "" if p.score is None else f"score {p.score:.2f}"
    words: list[Any] = [
        html.B(f"{p.program} {p.version}"),
        f" LS {spans} ",
        html.Span(score, className="dim num"),
    ]
    ids = " ".join(str(each.id) for each in found)
    buttons = [
        html.Button(
            do,
            type="button",
            className="button",
            **attributes({"data-decide": do, "data-ids": ids, "aria-label": f"{do} {p.program} LS {spans}"}),
        )
        for do in ("accept", "reject")
    ]
    reason = html.Q(p.reason) if p.reason else html.Span("no reason given", className="dim")
    return html.Li([_letter(p.status), html.Div(words), reason, html.Div(buttons, className="decide-buttons")])


def _history(steps: Sequence[Happening]) -> html.Details:
    lines = [html.Li([html.Time(h.at), html.Span([html.B(h.author), f" {h.what}"])]) for h in steps[:_STEPS]]
    return html.Details(
        [html.Summary(f"History of this cell, {len(steps)}"), html.Ol(lines, className="history")]
    )
