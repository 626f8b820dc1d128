"""Runs and datasets for the client: pages, names, and one run or dataset after it was changed."""

from typing import Any

from flask import Response
from sqlalchemy import Connection

from api.classic.answers import answer
from api.classic.blueprint import door
from api.classic.bodies import body, run_number
from model.classic import objects
from model.classic.page import MEMBERS, asked, page
from model.errors import NotFound
from model.journal import sequence_now
from model.queries import datasets
from model.registry import registry
from model.vocabulary import ONLINE


@door("POST", "/runs_filtered_ordered")
def runs() -> Response:
    """Return a page of runs."""
    return _page(of_runs=True)


@door("POST", "/datasets_filtered_ordered")
def filtered_datasets() -> Response:
    """Return a page of datasets."""
    return _page(of_runs=False)


@door("GET", "/get_all_dataset_names_of_run/<number>")
def names(number: str) -> Response:
    """Return the names of the datasets of a run, online first; none of an unknown run."""
    with registry().reading() as connection:
        try:
            found = datasets.datasets_of(connection, run_number(number), sequence_now(connection))
        except NotFound:
            found = []
    return answer([each.name for each in found if not each.is_hidden])


def run_object(connection: Connection, number: int) -> dict[str, Any]:
    """Return a run as it stands now."""
    at = sequence_now(connection)
    return objects.run_objects(connection, objects.rows_of(connection, [(number, ONLINE)], at), at)[0]


def _page(*, of_runs: bool) -> Response:
    question = asked(body(also=MEMBERS))
    with registry().reading() as connection:
        at = sequence_now(connection)
        return answer(page(connection, registry().client, question, at, of_runs=of_runs))
