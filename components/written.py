"""Parts of a page that arrive as a list of elements: to the browser they are one component, however long.

Dash's renderer asks each component of a page at each change of anything; a table of a thousand of them costs a
second. What a callback answers to nobody, only reads, is written here and put there by `assets/written.js`.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from dash import html
from dash.development.base_component import Component

#: what holds the elements of a part
WRITTEN = "data-written"
T = TypeVar("T", bound=Component)
_NAMES = {"className": "class", "htmlFor": "for"}
_NOT_SAID = {*vars(html.Div()), "children"}
_UPPER = re.compile(r"[A-Z]")


def written(part: T) -> T:
    """Return a part whose inside arrives as elements; in here it stays what it was.

    Raises:
        TypeError: when it is sent, where something inside is more than an element: it has an id, or is no HTML.
    """
    part.__class__ = _kind(type(part))
    return part


@cache
def _kind(of: Any) -> Any:
    # as if it were built in: Dash counts it among no library
    body = {"__module__": "builtins", "to_plotly_json": _to_plotly_json}
    return type(of)(of.__name__, (of,), body)


def _to_plotly_json(self: Component) -> dict[str, Any]:
    drawn: dict[str, Any] = Component.to_plotly_json(self)
    props = dict(drawn["props"])
    props[WRITTEN] = json.dumps(elements(props.pop("children", None)), ensure_ascii=False)
    return {**drawn, "props": props}


def elements(part: Any) -> list[Any]:
    """Return elements as the browser makes them: each [name, its attributes, what is inside], or text.

    Raises:
        TypeError: something is more than an element.
    """
    # classes are told by name: to ask whether a part is one of them costs more than to draw it
    if isinstance(part, str):
        return [part]
    if part is None or isinstance(part, bool):
        return []
    if isinstance(part, list | tuple):
        return [each for one in part for each in elements(one)]
    if (kind := getattr(part, "_namespace", None)) is None:
        return [str(part)]
    # as Component.to_plotly_json reads them, which asks a part for each of a hundred words it may have
    said, name = vars(part), part._type.lower()
    is_link = (kind, name) == ("dash_core_components", "link")
    if not (is_link or kind == "dash_html_components") or "id" in said:
        raise TypeError(f"{part!r:.80} is more than an element of HTML.")
    inside = elements(said.get("children"))
    named = dict(pair for key in sorted(said.keys() - _NOT_SAID) for pair in _attribute(key, said[key]))
    return [["a", {**named, "data-walk": ""}, inside] if is_link else [name, named, inside]]


def _attribute(key: str, value: Any) -> Iterator[tuple[str, str]]:
    is_said = key.startswith(("data-", "aria-"))
    if value is None or (value is False and not is_said) or ("_" in key and not is_said):
        return
    name = key if is_said else _NAMES.get(key, key.lower())
    if key == "style":
        value = ";".join(f"{_UPPER.sub(_dashed, word)}:{said}" for word, said in value.items())
    elif value is True:
        value = "true" if is_said else ""
    yield name, str(value)


def _dashed(found: re.Match[str]) -> str:
    return f"-{found[0].lower()}"
