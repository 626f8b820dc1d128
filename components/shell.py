"""The shell around every page: where one is, how fresh the feeds are, as of when, who is asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import failure, glossary, show_call, tour_card, work
from components.help import overlay
from components.markup import attributes

GO_TO = "shell-go-to"
FEEDS = "shell-feeds"
AS_OF = "shell-as-of"
AS_OF_APPLY = "shell-as-of-apply"
WHO = "shell-who"
THEME = "shell-theme"
TOASTS = "shell-toasts"
NOTICES = "shell-notices"
PAGE = "shell-page"
#: the address of the browser
ADDRESS = "shell-address"
#: the journal's sequence that this screen shows; a new value makes pages read again
VERSION = "shell-version"
#: the sequence as the event stream tells it, for screens that follow; CALM lags up to ten seconds behind
FOLLOWED = "shell-followed"
CALM = "shell-calm"
STOPPED = "shell-stopped"
#: type of the ids of buttons that take an action back
UNDO = "shell-undo"
_LABELS = "shell-as-of-labels"
_LIVE_FEEDS = "shell-feeds-live"
_OWN_TOASTS = "shell-toasts-own"


@dataclass(frozen=True)
class Feed:
    """The age of one upstream feed: late at 2× its normal lag, stale at 5×."""

    name: str
    age: str
    state: Literal["fresh", "late", "stale", "off"] = "fresh"
    detail: str = ""


@dataclass(frozen=True)
class User:
    """Somebody who may be chosen on a machine without a login provider."""

    name: str
    full_name: str
    groups: tuple[str, ...] = ()


def _mark() -> dcc.Link:
    return dcc.Link(
        [html.I(className="shell-mark", **attributes({"aria-hidden": "true"})), html.Span("Run Registry")],
        href="/",
        className="shell-brand",
    )


def _navigation(pages: Sequence[tuple[str, str]], more: Sequence[tuple[str, str]], active: str) -> html.Nav:
    def links(shown: Sequence[tuple[str, str]]) -> list[Any]:
        return [
            dcc.Link(label, href=path, **attributes({"className": "is-active"} if path == active else {}))
            for label, path in shown
        ]

    rest = [html.Summary("More"), html.Div(links(more), className="shell-more-list")]
    return html.Nav(
        [
            html.Div(links(pages), className="shell-nav-pages"),
            html.Details(rest, className="shell-more") if more else None,
        ],
        className="shell-nav",
        **attributes({"aria-label": "pages"}),
    )


def feed_chips(feeds: Sequence[Feed]) -> list[html.Span]:
    """Return the children of `FEEDS`."""
    return [
        html.Span(
            [html.I(**attributes({"aria-hidden": "true"})), f"{feed.name} ", html.B(feed.age)],
            className=f"feed is-{feed.state}",
            title=f"{feed.name}: {feed.state}. {feed.detail}".strip(),
        )
        for feed in feeds
    ]


def _as_of(value: str, labels: Sequence[str]) -> html.Div:
    return html.Div(
        [
            html.Label("as of", htmlFor=AS_OF),
            dbc.Input(
                id=AS_OF, value=value, list=_LABELS, size="sm", type="text", autocomplete="off", debounce=True
            ),
            html.Datalist([html.Option(value=label) for label in labels], id=_LABELS),
            html.Button("apply", id=AS_OF_APPLY, type="button", className="button", n_clicks=0),
        ],
        className=f"shell-as-of {'is-past' if value != 'now' else ''}",
    )


def _who(users: Sequence[User], current: str) -> html.Div:
    options = [
        {"label": f"{user.full_name} · {', '.join(user.groups) or 'reader'}", "value": user.name}
        for user in users
    ]
    return html.Div(
        [
            html.Label("who is asking", htmlFor=WHO, className="visually-hidden"),
            dbc.Select(id=WHO, options=options, value=current, size="sm"),
        ],
        className="shell-who",
    )


def _known(user: User) -> html.Div:
    groups = "\n".join(user.groups) or "in no group: reads only"
    return html.Div(
        [
            html.Span(user.full_name, title=f"{user.name}\n{groups}", className="shell-known-name"),
            html.A("Log out", href="/logout", className="button"),
        ],
        className="shell-known",
    )


def header(
    pages: Sequence[tuple[str, str]],
    *,
    more: Sequence[tuple[str, str]] = (),
    active: str = "",
    feeds: Sequence[Feed] = (),
    as_of: str = "now",
    labels: Sequence[str] = ("now",),
    users: Sequence[User] = (),
    user: str | User = "",
) -> html.Header:
    """Return the header; the browser moves the underline when the address changes.

    Args:
        user: the name of one of `users`, or who logged in.
    """
    find = dbc.Input(id=GO_TO, placeholder="Go to run…", size="sm", type="text", autocomplete="off")
    return html.Header(
        [
            html.A("Skip to content", href=f"#{PAGE}", className="skip"),
            _mark(),
            _navigation(pages, more, active),
            html.Div(
                [html.Label("go to run", htmlFor=GO_TO, className="visually-hidden"), find, html.Kbd("/")],
                className="shell-find",
            ),
            dcc.Link(
                [
                    html.Span(feed_chips(feeds), id=FEEDS, className="shell-feeds-kept"),
                    # the browser's own: what it draws here nobody else takes away
                    html.Span(id=_LIVE_FEEDS, className="shell-feeds-live", role="status"),
                ],
                href="/health",
                className="shell-feeds",
                # its name as long as no feed has said anything
                title="health of the feeds",
            ),
            _as_of(as_of, labels),
            _known(user) if isinstance(user, User) else _who(users, user) if users else None,
            html.Button(
                id=THEME,
                className="icon-button shell-theme",
                type="button",
                title="light or dark",
                **attributes({"aria-label": "light or dark", "data-sign": "◐"}),
            ),
            show_call.show_call_button(),
            overlay.help_button(),
        ],
        className="shell-header",
    )


def shell(top: html.Header, page: Any) -> html.Div:
    """Return the whole screen: header, notices, page, toasts, help."""
    return html.Div(
        [
            dcc.Location(id=ADDRESS, refresh="callback-nav"),
            dcc.Store(id=VERSION),
            dcc.Store(id=FOLLOWED),
            dcc.Store(id=CALM),
            top,
            html.Div(id=STOPPED, className="shell-stopped notice is-refusal", role="alert", hidden=True),
            failure.place(),
            tour_card.offer(),
            html.Div(id=NOTICES, className="shell-notices", **attributes({"aria-live": "polite"})),
            html.Main(page, id=PAGE, tabIndex=-1),
            work.work(),
            html.Div(
                [html.Div(id=TOASTS), html.Div(id=_OWN_TOASTS)],
                className="shell-toasts",
                **attributes({"aria-live": "polite"}),
            ),
            overlay.overlay(),
            glossary.tip(),
            tour_card.card(),
            show_call.show_call_panel(),
        ],
        className="shell",
    )


def notice(text: Any, kind: Literal["info", "late", "refusal"] = "info") -> html.Div:
    """Return one line across the page: what was dropped from the address, which feed stopped."""
    return html.Div(text, className=f"notice is-{kind}", role="alert" if kind == "refusal" else "status")


def toast(text: Any, *, undo: Any = None) -> dbc.Toast:
    """Return a toast; `undo` is the button that takes it back."""
    return dbc.Toast([html.Span(text), undo], is_open=True, duration=8000, className="rr-toast")


def undo_button(action: int) -> html.Button:
    """Return the button of a toast that takes an action back."""
    name = {"type": UNDO, "action": action}
    return html.Button("Undo", id=name, className="link-button", type="button", n_clicks=0)
