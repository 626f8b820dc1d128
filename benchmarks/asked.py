"""What a browser sends to Dash, for what is measured without one."""

from typing import Any


def question(asked: Any, given: tuple[Any, ...], changed: str = "shell-address.search") -> dict[str, Any]:
    """Return what a browser sends to have a callback of `/_dash-dependencies` answered on an empty page."""
    names = asked["output"].strip(".").split("...")
    return {
        "output": asked["output"],
        "outputs": [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names],
        "inputs": [{**each, "value": value} for each, value in zip(asked["inputs"], given, strict=True)],
        "state": [{**each, "value": None} for each in asked["state"]],
        "changedPropIds": [changed],
    }
