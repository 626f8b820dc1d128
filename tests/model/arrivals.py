"""What upstream tells of a run as it grows, and rules that speak of it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model.authors import IMPORTER
from model.commands.arrival import Arrival, arrive
from model.commands.rules import set_rule
from model.ranges import canonical, count
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.model.world import EXPERT, RUN

Span = tuple[int, int]


READY = {"var": "lumisection.oms.dt0_ready"}


def arrival(
    told: Sequence[Span],
    bits: Mapping[str, Sequence[tuple[int, int, Any]]] | None = None,
    *,
    run_number: int = RUN,
    recorded: Sequence[float] | None = None,
    is_whole: bool = True,
    **attributes: Any,
) -> Arrival:
    """Return what upstream tells: 0.1 /pb on each lumisection unless told otherwise."""
    spans = canonical(told)
    values = np.array(recorded if recorded is not None else [0.1] * count(spans), dtype=np.float64)
    facts = {"fill_number": 9512, "end_time": None, "last_lumisection_number": count(spans), **attributes}
    numbers = (values * 1.1, values, np.full(len(values), np.nan))
    return Arrival(run_number, facts, spans, bits or {}, *numbers, is_whole)


def tell(registry: Registry, *args: Any, **how: Any) -> int:
    """Let upstream tell it; return how many events were recorded."""
    with registry.writing() as tx:
        return arrive(tx, arrival(*args, **how), IMPORTER)


def keep_rules(registry: Registry) -> None:
    """Keep a rule that calls DT good where it was ready, and bad where it was not."""
    with registry.writing() as tx:
        for name, value, priority in (("good", True, 20), ("bad", False, 10)):
            logic = {"==": [READY, value]}
            text = RuleText(
                logic, "unknown", f"{name}.", "online", "online-verdict", "dt-dt", name.upper(), priority
            )
            set_rule(tx, f"dt-{name}", text, EXPERT)
