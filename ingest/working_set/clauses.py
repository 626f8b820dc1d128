"""Clauses in the words of JsonLogic."""

from collections.abc import Iterable
from typing import Any

Logic = dict[str, Any]
CLASS = {"var": "run.rr.class"}


def flag(name: str) -> Logic:
    """Return the flag of a name."""
    return {"var": f"flag.{name}"}


def bit(name: str, value: bool) -> Logic:
    """Return whether a bit of a lumisection has a value."""
    return {"==": [{"var": f"lumisection.oms.{name}"}, value]}


def status(column: str, value: str) -> Logic:
    """Return whether a column has a status."""
    return {"==": [{"var": f"lumisection.rr.{column}"}, value]}


def included(name: str, value: bool) -> Logic:
    """Return whether a subsystem was in the run, or was not."""
    return {"==": [{"var": f"run.oms.{name}_included"}, value]}


def every(clauses: Iterable[Logic]) -> Logic:
    """Return the conjunction of clauses."""
    return {"and": list(clauses)}


def either(clauses: Iterable[Logic]) -> Logic:
    """Return the disjunction of clauses."""
    return {"or": list(clauses)}


def is_class(*names: str) -> Logic:
    """Return whether a run has one of some classes."""
    return {"in": [CLASS, list(names)]}
