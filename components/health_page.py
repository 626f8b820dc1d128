"""`/health`: feeds with age, lag and trouble, jobs with last and next run, refused records, the journal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html

from components.empty import empty
from components.markup import attributes, page_title
from model.jobs import Job
from model.journal import Head
from model.queries.feeds import FeedAge, Refusal

FEEDS = "health-feeds"
REFUSED = "health-refused"
JOURNAL = "health-journal"
JOBS = "health-jobs"
TICK = "health-tick"
SHOWN = 200
#: what feeds say is in no journal: it is asked for
_EVERY_MS = 10_000

_IS = {"fresh": "as usual", "late": "late", "stale": "stopped", "off": "not followed"}


def health_body() -> html.Div:
    """Return the places that a callback fills."""
    return html.Div(
        [
            page_title("Health"),
            dcc.Interval(id=TICK, interval=_EVERY_MS),
            html.Section([html.H2("Feeds"), html.Div(id=FEEDS, className="waits")], className="card-plain"),
            html.Section([html.H2("Jobs"), html.Div(id=JOBS, className="waits")], className="card-plain"),
            html.Section(id=REFUSED, className="card-plain waits"),
            html.Section([html.H2("Journal"), html.Div(id=JOURNAL, className="waits")], className="card-plain"),
        ],
        className="stack health-page",
        **attributes({"data-follows": ""}),
    )


def feeds(found: Sequence[FeedAge]) -> html.Div:
    """Return the feeds, each with the age of its last answer."""
    rows = [
        html.Tr(
            [
                html.Td(html.B(feed.name)),
                html.Td(html.Span([html.I(), html.B(feed.age)], className=f"feed is-{feed.state}")),
                html.Td(_IS[feed.state]),
                html.Td(feed.detail),
            ]
        )
        for feed in found
    ]
    return _table(("feed", "last answer", "is", "in detail"), rows)


def refused(found: Sequence[Refusal], n: int) -> list[Any]:
    """Return the records that could not be taken, newest first; `n` is how many there are."""
    title = html.H2(["Refused records ", html.Span(f"{n:,}, the rest goes on", className="dim num")])
    if not found:
        return [
            html.H2("Refused records"),
            empty("Nothing was refused", "Every record of every feed was taken."),
        ]
    rows = [
        html.Tr(
            [
                html.Td(html.Time(_time(each.refused_at)), className="num"),
                html.Td(each.feed),
                html.Td(html.B(each.record)),
                html.Td(each.reason, className="health-reason"),
            ]
        )
        for each in found
    ]
    more = f"the newest {len(found)} of {n:,}" if len(found) < n else ""
    table = _table(("refused, UTC", "feed", "record", "because"), rows)
    return [title, table, html.P(more, className="dim") if more else None]


def jobs(found: Sequence[Job], now: datetime, alone: Mapping[str, str]) -> list[Any]:
    """Return what is done by schedule or by hand, each with its last words, and which host does what alone."""
    said = "; ".join(f"{work} by {host}" for work, host in alone.items())
    hosts = [html.P(f"Of several hosts, one does: {said}.", className="dim")] if said else []
    return [_jobs(found, now), *hosts]


def _jobs(found: Sequence[Job], now: datetime) -> Any:
    if not found:
        return empty("No job has run yet", "The nightly work of a new registry begins with its next night.")
    rows = [
        html.Tr(
            [
                html.Td(html.B(job.name)),
                html.Td([html.Time(_time(job.ran_at)), html.Span(f" {job.took_s:.1f} s", className="dim")]),
                html.Td(html.Span([html.I(), html.B(_standing(job, now)[1])], className=_look(job, now))),
                html.Td("by hand" if job.due_at is None else html.Time(_time(job.due_at))),
                html.Td(job.said, className="health-reason"),
            ]
        )
        for job in found
    ]
    return _table(("job", "last run, UTC", "is", "due again, UTC", "said"), rows)


def _look(job: Job, now: datetime) -> str:
    return f"feed is-{_standing(job, now)[0]}"


def _standing(job: Job, now: datetime) -> tuple[str, str]:
    if not job.is_well:
        return "stale", "in trouble"
    return ("late", "overdue") if job.is_late(now) else ("fresh", "well")


def journal(head: Head, recorded_at: datetime | None, size_bytes: int) -> html.Dl:
    """Return how far the journal is, whose hash covers everything before, and what the database takes."""
    last = "nothing is recorded yet" if recorded_at is None else f"{_time(recorded_at)} UTC"
    lines = [
        ("last sequence", f"{head.sequence:,}"),
        ("recorded", last),
        ("hash", head.hash.hex()),
        ("database", f"{size_bytes / 2**20:,.1f} MiB"),
    ]
    return html.Dl([html.Div([html.Dt(name), html.Dd(said)]) for name, said in lines], className="consequence")


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _table(names: Sequence[str], rows: Sequence[html.Tr]) -> html.Div:
    head = html.Thead(html.Tr([html.Th(name) for name in names]))
    return html.Div(html.Table([head, html.Tbody(list(rows))]), className="scroll-x")
