"""`/log`: actions as lines, newest first, chosen by filters; when one looks; one action beside."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import skeleton
from components.amounts import invpb
from components.empty import empty, way
from components.glossary import known
from components.markup import attributes, labelled, page_title
from components.written import written
from model.queries.action_facts import WORDS
from model.queries.actions import Act, Page

HEAD = "log-head"
ROWS = "log-rows"
PANEL = "log-panel"
#: where in the journal one looks; moving it travels
SLIDER = "log-slider"
MOMENT = "log-moment"
#: begins the ids of filters, each named as in the address
FILTER = "log-filter"
_CHOICES = "log-choices"
#: filters in the order of the page, with their labels and examples
FILTERS: tuple[tuple[str, str, str], ...] = (
    ("author", "Who", "exact name"),
    ("voice", "Voice", ""),
    ("kind", "What", ""),
    ("run", "Run", "381000"),
    ("dataset", "Dataset", "/PromptReco/…"),
    ("workspace", "Workspace", ""),
    ("since", "Since", "2024-05-20T12:00Z"),
    ("until", "Until", "time or sequence"),
    ("says", "Comment says", "HV trip"),
)
#: filters that are lists, and those that offer names
LISTS = ("voice", "kind", "workspace")
OFFERED = ("author", "dataset")
#: what a list says where nothing is chosen
ANY = "any"
_VOICES = {"people": "people", "programs": "programs and rules"}
#: pages that show the registry as it was
_TRAVELS = (
    ("Board", "/"),
    ("Runs", "/runs"),
    ("Certify", "/certify"),
    ("Map", "/map"),
    ("Golden JSON", "/golden"),
)
Json = Any


def log_body() -> html.Div:
    """Return the places that callbacks fill, the filters, and the slider of time."""
    slider = dbc.Input(id=SLIDER, type="range", min=0, max=0, step=1, value=0, debounce=150)
    time = html.Section(
        [
            labelled("The registry as it was", slider, "log-time"),
            html.Div(id=MOMENT, className="log-moment waits", **attributes({"aria-live": "polite"})),
        ],
        className="card-plain log-travel",
    )
    filters = [labelled(label, _filter(name, hint), f"log-{name}") for name, label, hint in FILTERS]
    lists = [html.Datalist(id=choices_id(name)) for name in OFFERED]
    waits = html.Div(skeleton.lines(20), id=ROWS, className="log-table")
    table = html.Section([html.Div([*filters, *lists], className="log-filters"), waits], className="card-plain")
    beside = html.Aside(
        html.Div(id=PANEL, className="log-panel waits"),
        className="card-plain",
        **attributes({"aria-live": "polite"}),
    )
    two = html.Div([table, beside], className="log-two")
    return html.Div([page_title("Log"), time, html.Div(id=HEAD), two], className="stack log-page")


def filter_id(name: str) -> str:
    """Return the id of a filter."""
    return f"{FILTER}-{name}"


def choices_id(name: str) -> str:
    """Return the id of the names that a filter offers while one types."""
    return f"{_CHOICES}-{name}"


def _filter(name: str, hint: str) -> Any:
    key = filter_id(name)
    if not hint:
        return dbc.Select(id=key, options=[{"label": ANY, "value": ANY}], value=ANY, size="sm")
    words = attributes({"list": choices_id(name)} if name in OFFERED else {})
    return dbc.Input(
        id=key, type="text", value="", size="sm", debounce=True, placeholder=hint, autocomplete="off", **words
    )


def options(name: str, workspaces: Sequence[str]) -> list[dict[str, str]]:
    """Return what can be chosen of a filter that is a list."""
    named = {"voice": _VOICES, "kind": WORDS, "workspace": {each: each for each in workspaces}}[name]
    found = [{"label": label, "value": word} for word, label in named.items()]
    return [{"label": ANY, "value": ANY}, *sorted(found, key=lambda each: each["label"])]


def named(names: Sequence[str]) -> list[html.Option]:
    """Return names to choose from while one types."""
    return [html.Option(value=name) for name in names]


def address(kept: Mapping[str, str], **other: str) -> str:
    """Return the address with some of its words changed; what is empty is left out."""
    words = {name: value for name, value in {**kept, **other}.items() if value}
    return f"/log?{urlencode(words)}" if words else "/log"


def moment(at: int, head: int, recorded_at: str) -> list[Any]:
    """Return when one looks in words, with the pages that can be seen as of then."""
    if at >= head:
        return [html.B("now"), html.Span(f"sequence {head:,}", className="dim")]
    links = [dcc.Link(label, href=f"{path}?{urlencode({'as_of': at})}") for label, path in _TRAVELS]
    words = f"sequence {at:,}, {minute(recorded_at)} UTC" if recorded_at else "before anything was recorded"
    now = html.Button("back to now", type="button", className="button log-now")
    return [html.B(words), now, html.Span("as of then:", className="dim"), *links]


def minute(at: str) -> str:
    """Return a time as a line shows it."""
    return at[:16].replace("T", " ")


def rows(found: Page, kept: Mapping[str, str], *, is_filtered: bool) -> Any:
    """Return one line for each action, with the way to older and newer ones."""
    turn = _turns(found, kept)
    if not found.acts:
        what = "so far back" if found.older else "as of then" if is_filtered else "yet"
        which = "Nothing that you ask for" if is_filtered else "Nothing"
        more = way("Without filters", "/log") if is_filtered else None
        return [empty("No action", f"{which} was done {what}.", more), turn]
    columns = (("when", ""), ("who", ""), ("what", ""), ("LS", "num"), ("pb⁻¹", "num"))
    top = html.Thead(html.Tr([html.Th(known(name), className=css) for name, css in columns]))
    table = html.Table([top, html.Tbody([_line(each, kept) for each in found.acts])])
    return [written(table), turn]


def _turns(found: Page, kept: Mapping[str, str]) -> html.Nav:
    newest = dcc.Link("newest", href=address(kept, before="", after=""), className="button")
    newer = dcc.Link("← newer", href=address(kept, before="", after=str(found.newer)), className="button")
    older = dcc.Link(
        "older →", href=address(kept, after="", before=str(found.older)), className="button log-older"
    )
    inside = [*([newest, newer] if found.newer else []), *([older] if found.older else [])]
    keys = html.Span([html.Kbd("↑ ↓"), " move ", html.Kbd("↵"), " open"], className="dim log-keys")
    return html.Nav([*inside, keys], className="log-turns", **attributes({"aria-label": "pages of the log"}))


def _line(each: Act, kept: Mapping[str, str]) -> html.Tr:
    # arrows move over the lines by this class, Enter follows the link
    link = dcc.Link(each.what, href=address(kept, action=str(each.action)), className="log-open")
    marks: list[Any] = [
        dcc.Link(str(number), href=f"/runs/{number}", className="log-run") for number in each.touched.runs[:1]
    ]
    if len(each.touched.runs) > 1:
        marks = [html.Span(f"{len(each.touched.runs):,} runs", className="log-run")]
    back = (
        html.Span(f"taken back by {each.taken_back_by:,}", className="log-back") if each.taken_back_by else None
    )
    comment = html.Div(each.comment, className="log-comment") if each.comment else None
    cells = [
        html.Td(minute(each.recorded_at), title=times(each), className="log-when"),
        html.Td(each.author, className="log-who" if each.is_person else "log-who dim", title=voice(each)),
        html.Td([html.Div([*marks, link, back], className="log-what"), comment]),
        html.Td(lumisections(each), className="num"),
        html.Td(recorded(each), className="num", title=source(each)),
    ]
    css = "is-current" if kept.get("action") == str(each.action) else "is-back" if each.taken_back_by else ""
    return html.Tr(cells, className=css)


def times(each: Act) -> str:
    """Return when it was recorded and when it happened, with its place."""
    recorded, happened = (at[:19].replace("T", " ") for at in (each.recorded_at, each.happened_at))
    return f"action {each.action:,}; recorded {recorded} UTC; happened {happened} UTC"


def voice(each: Act) -> str:
    """Return whether a person did it."""
    return "a person" if each.is_person else "a program or a rule"


def lumisections(each: Act) -> str:
    """Return how many lumisections an action spoke of; `≥` where it was too long to read."""
    many = each.touched.lumisection_count
    return f"{'' if each.is_whole else '≥ '}{many:,}" if many else "–"


def recorded(each: Act) -> str:
    """Return the luminosity of these lumisections."""
    if each.recorded_invpb is None:
        return "–"
    return f"{'' if each.is_whole else '≥ '}{invpb(each.recorded_invpb, 3)}"


def source(each: Act) -> str:
    """Return in words what the luminosity is of."""
    if each.recorded_invpb is None:
        return "it speaks of no lumisections"
    return f"recorded pb⁻¹, source {each.source}; each lumisection of a run counts once"
