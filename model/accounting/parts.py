"""Whom a loss is blamed on: subsystem, column, single bit or status, or cause.

Source: the groups of the loss plots in the system in use (subsystem to bits and columns), and the causes of its
verdicts.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from model.accounting.ledger import Ledger
from model.frames.frames import Bools
from model.frames.variables import CAUSE, OMS, VERDICT
from model.vocabulary import (
    BEAM_BITS,
    COLUMN_OF_BIT,
    GLOBAL,
    LEVEL_OF,
    OFFLINE_COLUMNS,
    Status,
    workspace_of,
)
from rules.blame import Blamed
from rules.plan import Constant

Belongs = Callable[[str], bool]
CONDITIONS = "run conditions"
#: where a strip bit and a pixel bit are false together
TRACKER_HV = "tracker_hv"
NO_CAUSE, NOT_DECIDED = "no cause given", "not decided"
#: what depends on the detectors is to blame for nothing alone
TRIGGER = frozenset({"l1t", "hlt"})
_TRACKER = frozenset({"tracker"})
_PIXEL, _STRIP = "tracker-pixel", "tracker-strip"
#: workspaces whose columns are subsystems of their own
_APART = frozenset({"tracker", "ecal"})
_OF_BEAM = frozenset({*BEAM_BITS, "physics_flag"})
_ROMAN_POTS = "rp_"
#: cause that a false bit amounts to
_BIT_CAUSE = MappingProxyType({True: "beam conditions", False: "DCS loss"})


class Of(StrEnum):
    """What one bar of the losses is about."""

    SUBSYSTEM = "subsystem"
    COLUMN = "column"
    VARIABLE = "variable"
    CAUSE = "cause"


def column_of(path: str) -> str:
    """Return the column that a variable of a rule speaks of; empty where it speaks of the run or the beam."""
    if path.startswith(VERDICT):
        return path.removeprefix(VERDICT)
    bit = path.removeprefix(OMS)
    return "ctpps-ctpps" if bit.startswith(_ROMAN_POTS) else COLUMN_OF_BIT.get(bit, "")


def name_of(path: str, of: Of) -> str:
    """Return the part that a variable belongs to."""
    if of is Of.VARIABLE:
        return path.removeprefix(VERDICT).removeprefix(OMS)
    column = column_of(path)
    if not column or of is Of.COLUMN:
        return column or CONDITIONS
    workspace = workspace_of(column)
    return column.split("-", 1)[1] if workspace in _APART else workspace


def workspace_with(name: str, of: Of) -> str:
    """Return the workspace that answers for a part; `global` where none does alone."""
    if of is Of.CAUSE:
        return GLOBAL
    if of is Of.SUBSYSTEM:
        owners = {name_of(VERDICT + column, of): workspace_of(column) for column in OFFLINE_COLUMNS}
        return {**owners, TRACKER_HV: workspace_of(_PIXEL)}.get(name, GLOBAL)
    column = name if "-" in name else column_of(OMS + name)
    workspace = workspace_of(_PIXEL) if name == TRACKER_HV else workspace_of(column)
    return workspace if workspace in LEVEL_OF else GLOBAL


def is_trigger(path: str) -> bool:
    """Tell whether a variable speaks of the trigger."""
    return workspace_of(column_of(path)) in TRIGGER


def is_tracker(path: str) -> bool:
    """Tell whether a variable speaks of the tracker."""
    return workspace_of(column_of(path)) in _TRACKER


def guilty(found: Ledger, of: Of) -> dict[str, Bools]:
    """Return the segments that each part is to blame for, in the order of the rule."""
    parts: dict[str, Bools] = {}
    for each in found.blame:
        for name, rows in _by_cause(found, each) if of is Of.CAUSE else _by_name(each, of):
            parts[name] = parts[name] | rows if name in parts else rows
    return {name: rows & found.within for name, rows in parts.items()}


def of_variables(found: Ledger, belongs: Belongs) -> Bools:
    """Return the segments on which a variable that belongs is to blame; a leaf without any has an empty one."""
    chosen = [each.rows for each in found.blame if any(map(belongs, _variables(each) or ("",)))]
    return any_of(found.within, chosen)


def any_of(within: Bools, chosen: Sequence[Bools]) -> Bools:
    """Return the segments that are among any of those chosen; none where nothing is."""
    found: Bools = np.logical_or.reduce([np.zeros_like(within), *chosen]) & within
    return found


def high_voltage(found: Ledger) -> Bools:
    """Return the segments on which at least one strip bit and at least one pixel bit are false together."""
    pixel = of_variables(found, lambda path: path.startswith(OMS) and column_of(path) == _PIXEL)
    strip = of_variables(found, lambda path: path.startswith(OMS) and column_of(path) == _STRIP)
    return pixel & strip


def _variables(each: Blamed) -> tuple[str, ...]:
    return () if isinstance(each.leaf, Constant) else each.leaf.atom.variables


def _by_name(each: Blamed, of: Of) -> Iterator[tuple[str, Bools]]:
    for path in _variables(each):
        yield name_of(path, of), each.rows
    if not _variables(each):
        yield CONDITIONS, each.rows


def _by_cause(found: Ledger, each: Blamed) -> Iterator[tuple[str, Bools]]:
    """Yield what a leaf is to blame for by the cause of the verdict that it reads."""
    for path in _variables(each):
        if path.startswith(VERDICT):
            yield from _causes(found, path, each.rows)
        elif path.startswith(OMS):
            yield _BIT_CAUSE[path.removeprefix(OMS) in _OF_BEAM], each.rows
        else:
            yield CONDITIONS, each.rows
    if not _variables(each):
        yield CONDITIONS, each.rows


def _causes(found: Ledger, path: str, rows: Bools) -> Iterator[tuple[str, Bools]]:
    status = found.frames.table.columns[path]
    undecided = np.isin(status.codes, [Status.EMPTY, Status.NOTSET]) & rows
    if undecided.any():
        yield NOT_DECIDED, undecided
    cause = found.frames.table.columns[CAUSE + path.removeprefix(VERDICT)]
    decided = rows & ~undecided
    for code in np.unique(cause.codes[decided]).tolist():
        yield str(cause.values[code] or NO_CAUSE), decided & (cause.codes == code)
