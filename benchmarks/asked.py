"""What a browser sends to Dash, for what is measured without one."""

from collections.abc import Mapping
from typing import Any

ADDRESS = "shell-address.search"


def addressed(pathname: str, search: str = "") -> dict[str, Any]:
    """Return the address that a page is asked for, as `question` takes it."""
    return {"shell-address.pathname": pathname, ADDRESS: search}


def question(asked: Any, given: Mapping[str, Any], changed: str = ADDRESS) -> dict[str, Any]:
    """Return what a browser sends to have a callback of `/_dash-dependencies` answered.

    Args:
        given: values of inputs and states by `id.property`; of others there is none, and of those that a
            page has any number of there are no places.
        changed: the `id.property` that is said to be the reason.
    """

    def said(each: Any) -> Any:
        is_many = each["id"].startswith("{")
        return [] if is_many else {**each, "value": given.get(f"{each['id']}.{each['property']}")}

    return {
        "output": asked["output"],
        "outputs": [_place(name) for name in asked["output"].strip(".").split("...")],
        "inputs": [said(each) for each in asked["inputs"]],
        "state": [said(each) for each in asked["state"]],
        "changedPropIds": [changed],
    }


def _place(name: str) -> Any:
    place, prop = name.rsplit(".", 1)
    return [] if place.startswith("{") else {"id": place, "property": prop.split("@")[0]}
