"""Lumisections of a dataset for the client: one by one, and as ranges."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response

from api.classic.answers import answer
from api.classic.blueprint import door
from api.classic.bodies import body, text, whole
from model.classic.lumisections import Lumisections
from model.journal import sequence_now
from model.registry import registry
from model.vocabulary import ONLINE


@door("POST", "/lumisections/rr_lumisections")
def one_by_one() -> Response:
    """Return what counts on lumisection 1, 2, …"""
    with _asked() as found:
        return answer(found.verdicts())


@door("POST", "/lumisections/oms_lumisections")
def bits() -> Response:
    """Return the bits of lumisection 1, 2, …"""
    with _asked() as found:
        return answer(found.bits())


@door("POST", "/lumisections/rr_lumisection_ranges")
def ranges() -> Response:
    """Return ranges on which no verdict changes."""
    with _asked() as found:
        return answer(found.ranges(verdicts=True))


@door("POST", "/lumisections/rr_lumisection_ranges_by_component")
def ranges_by_column() -> Response:
    """Return the ranges of each column."""
    with _asked() as found:
        return answer(found.by_column())


@door("POST", "/lumisections/oms_lumisection_ranges")
def ranges_of_bits() -> Response:
    """Return ranges on which no bit changes."""
    with _asked() as found:
        return answer(found.ranges(bits=True))


@door("POST", "/lumisections/joint_lumisection_ranges")
def joint_ranges() -> Response:
    """Return ranges on which neither a bit nor a verdict changes."""
    with _asked() as found:
        return answer(found.ranges(verdicts=True, bits=True))


@contextmanager
def _asked() -> Iterator[Lumisections]:
    said = {"dataset_name": ONLINE, **body("run_number", also=("dataset_name",))}
    named = whole("run_number", said["run_number"]), text("dataset_name", said["dataset_name"])
    with registry().reading() as connection:
        yield Lumisections(connection, *named, sequence_now(connection))
