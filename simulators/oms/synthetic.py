"""Changes that no real OMS made: injected on demand, and labelled as synthetic in what they touch."""

from collections.abc import Mapping
from typing import Any

from simulators.oms.fill import PER_LS
from simulators.oms.query import Refused
from simulators.oms.store import Rows, Store


def inject(store: Store, wish: Mapping[str, Any]) -> str:
    """Change a run as `wish` says; return the label it carries from now on.

    Args:
        wish: kind, run, and what the kind takes: lumisections, attribute, value, by, factor.

    Raises:
        Refused: no such kind or run.
    """
    run = store.runs.get(wish.get("run", 0))
    kind = _KINDS.get(str(wish.get("kind")))
    if run is None or kind is None:
        raise Refused(f"nothing to inject: {wish}; kinds are {', '.join(_KINDS)}")
    said = kind(run, wish)
    run.synthetic.append(said)
    # a change of its own second, as it would be by hand
    store.now_s += 1.0
    store.touch(run)
    return said


def _numbers(wish: Mapping[str, Any]) -> list[int]:
    return [int(n) for n in wish["lumisections"]]


def _value(run: Rows, wish: Mapping[str, Any]) -> str:
    for n in _numbers(wish):
        run.lumisections[n] = {**run.lumisections[n], wish["attribute"]: wish["value"]}
    return f"{wish['attribute']} {wish['value']} on {wish['lumisections']}"


def _attribute(run: Rows, wish: Mapping[str, Any]) -> str:
    run.attributes[wish["attribute"]] = wish["value"]
    return f"{wish['attribute']} {wish['value']}"


def _drop(run: Rows, wish: Mapping[str, Any]) -> str:
    for n in _numbers(wish):
        del run.lumisections[n]
    return f"dropped {wish['lumisections']}"


def _add(run: Rows, wish: Mapping[str, Any]) -> str:
    last = run.lumisections[max(run.lumisections)]
    for n in _numbers(wish):
        run.lumisections[n] = {**last, "lumisection_number": n}
    return f"added {len(_numbers(wish))} lumisections up to {max(_numbers(wish))}"


def _renumber(run: Rows, wish: Mapping[str, Any]) -> str:
    by = int(wish["by"])
    moved = {n + by: {**row, "lumisection_number": n + by} for n, row in run.lumisections.items()}
    run.lumisections = moved
    return f"renumbered by {by}"


def _luminosity(run: Rows, wish: Mapping[str, Any]) -> str:
    for n in _numbers(wish):
        row = run.lumisections[n]
        run.lumisections[n] = row | {name: (row[name] or 0.0) * wish["factor"] for name in PER_LS}
    return f"luminosity times {wish['factor']} on {wish['lumisections']}"


_KINDS = {
    "value": _value,
    "attribute": _attribute,
    "drop": _drop,
    "add": _add,
    "renumber": _renumber,
    "luminosity": _luminosity,
}
