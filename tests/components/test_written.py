"""What is only read arrives as elements, and says the same as the components it was drawn of."""

import json

import pytest
from dash import dcc, html
from plotly.io.json import to_json_plotly

from components.markup import attributes
from components.written import WRITTEN, elements, written


def sent(part: object) -> object:
    return json.loads(to_json_plotly(part))


def test_a_part_is_one_component_to_the_browser_and_stays_what_it_was_to_us() -> None:
    line = html.Li([html.B("381000"), " tracker"], title="a run")
    table = written(html.Ul([line], className="runs"))
    assert table.children == [line]
    assert sent(html.Div(table)) == {
        "namespace": "dash_html_components",
        "type": "Div",
        "props": {
            "children": {
                "namespace": "dash_html_components",
                "type": "Ul",
                "props": {
                    "className": "runs",
                    WRITTEN: '[["li", {"title": "a run"}, [["b", {}, ["381000"]], " tracker"]]]',
                },
            }
        },
    }


def test_what_somebody_typed_stays_text() -> None:
    said = html.Td('<img src=x onerror="alert(1)">', title='"><script>')
    assert elements(said) == [["td", {"title": '"><script>'}, ['<img src=x onerror="alert(1)">']]]


def test_names_and_values_are_those_of_html() -> None:
    part = html.Label(
        [html.I(style={"width": "4%", "backgroundColor": "red"}), html.Br(), None, 7],
        htmlFor="x",
        className="num",
        hidden=True,
        **attributes({"aria-hidden": "false", "data-stay": "yes"}),
    )
    words = {"aria-hidden": "false", "class": "num", "data-stay": "yes", "hidden": "", "for": "x"}
    bar = ["i", {"style": "width:4%;background-color:red"}, []]
    assert elements(part) == [["label", words, [bar, ["br", {}, []], "7"]]]


def test_a_link_is_walked_as_a_link_of_dash_is() -> None:
    words = {"href": "/runs/1?a=b&c=d", "data-walk": ""}
    assert elements(dcc.Link("run 1", href="/runs/1?a=b&c=d")) == [["a", words, ["run 1"]]]


@pytest.mark.parametrize("part", [dcc.Store(id="x"), html.Button("do", id="y"), dcc.Markdown("*")])
def test_what_a_callback_listens_to_is_not_written(part: object) -> None:
    with pytest.raises(TypeError, match="more than an element"):
        sent(written(html.Div([html.P("here"), part])))
