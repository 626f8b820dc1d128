"""Cycles and accepted datasets for the client."""

from flask import Response

from api.classic.answers import answer
from api.classic.blueprint import door
from model.classic.lists import accepted_rows, cycle_objects
from model.journal import sequence_now
from model.registry import registry


@door("GET", "/cycles/global")
def cycles() -> Response:
    """Return every cycle with its datasets, the next deadline first."""
    with registry().reading() as connection:
        return answer(cycle_objects(connection, sequence_now(connection)))


@door("GET", "/datasets_accepted")
def accepted() -> Response:
    """Return the rows of accepted datasets."""
    with registry().reading() as connection:
        return answer(accepted_rows(connection, sequence_now(connection)))
