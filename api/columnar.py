"""The truth in columns over HTTP: lumisections and ranges of verdicts as Parquet, Arrow or CSV."""

from collections.abc import Iterator
from typing import Any

from flask import Response, request
from pydantic import Field

from api.answers.columnar import Tables
from api.contract.noun import AsOf, kinds, noun
from api.contract.reads import reading
from model.accounting.question import one_source
from model.columnar import rows
from model.columnar.choice import ANY
from model.columnar.snapshots import about
from model.columnar.tables import tables
from model.columnar.written import MEDIA_TYPES, written
from model.registry import registry
from model.spans import spans
from model.vocabulary import DEFAULT_SOURCE

blueprint = noun("columnar", tag="columns")
_LONGEST = 8_000


class Chosen(AsOf):
    """Which rows and columns, as of when."""

    runs: str = Field("", description="such as 379415-379420, 379530; all where not given", max_length=_LONGEST)
    dataset: str = Field(ANY, description="name of the datasets, % stands for any text", max_length=200)
    columns: str = Field(
        "", description="names by commas, the key is always there; all where not given", max_length=_LONGEST
    )


class OfSource(Chosen):
    """Which lumisections, with luminosity of which calibration."""

    source: str = Field("", description="calibration, OMS where not given; two are never added up")


@blueprint.get("/tables", responses={200: Tables})
def described(query: AsOf) -> dict[str, Any]:
    """Return every table that programs can read: its key, and each column's type, unit and meaning."""
    with reading(query.as_of) as (connection, at):
        return {"sequence": at, "tables": [table.told() for table in tables(connection, at).values()]}


@blueprint.get("/lumisections.parquet", responses={200: kinds(MEDIA_TYPES["parquet"])})
def lumisections_parquet(query: OfSource) -> Response:
    """Return a row per run, dataset and lumisection as Parquet: every status, bit and number, in pieces."""
    return _lumisections("parquet", query)


@blueprint.get("/lumisections.arrow", responses={200: kinds(MEDIA_TYPES["arrow"])})
def lumisections_arrow(query: OfSource) -> Response:
    """Return a row per run, dataset and lumisection as an Arrow IPC stream."""
    return _lumisections("arrow", query)


@blueprint.get("/lumisections.csv", responses={200: kinds(MEDIA_TYPES["csv"])})
def lumisections_csv(query: OfSource) -> Response:
    """Return a row per run, dataset and lumisection as CSV; `/tables` says what its columns are."""
    return _lumisections("csv", query)


@blueprint.get("/verdict-ranges.parquet", responses={200: kinds(MEDIA_TYPES["parquet"])})
def ranges_parquet(query: Chosen) -> Response:
    """Return a row per range on which a column of a dataset has one verdict, what counts, as Parquet."""
    return _file("verdict_ranges", "parquet", query)


@blueprint.get("/verdict-ranges.arrow", responses={200: kinds(MEDIA_TYPES["arrow"])})
def ranges_arrow(query: Chosen) -> Response:
    """Return a row per range on which a column of a dataset has one verdict as an Arrow IPC stream."""
    return _file("verdict_ranges", "arrow", query)


@blueprint.get("/verdict-ranges.csv", responses={200: kinds(MEDIA_TYPES["csv"])})
def ranges_csv(query: Chosen) -> Response:
    """Return a row per range on which a column of a dataset has one verdict as CSV."""
    return _file("verdict_ranges", "csv", query)


def _lumisections(kind: str, query: OfSource) -> Response:
    # the query model keeps one of several
    return _file("lumisections", kind, query, ",".join(request.args.getlist("source")))


def _file(name: str, kind: str, query: Chosen, said: str = "") -> Response:
    """Answer with a file as it grows; all that can be refused is refused before its first byte."""
    runs, here = spans(query.runs), registry()
    with reading(query.as_of) as (connection, at):
        source = one_source(connection, said, at) if said else DEFAULT_SOURCE
        table = tables(connection, at)[name].having(_names(query.columns))
    found = rows.of(here.reading, table, at, pattern=query.dataset, runs=runs, source=source)
    schema = table.schema(about(here.reading, at, source))
    return _answer(written(found, schema, kind), f"{name}_{at}.{kind}")


def _answer(parts: Iterator[bytes], filename: str) -> Response:
    response = Response(parts, mimetype=MEDIA_TYPES[filename.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _names(columns: str) -> list[str]:
    return [name for name in map(str.strip, columns.split(",")) if name]
