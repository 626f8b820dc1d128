"""The truth in columns over HTTP: lumisections and ranges of verdicts as Parquet, Arrow or CSV."""

from collections.abc import Iterator
from typing import Any, Literal

from flask import Response, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from model import asof
from model.accounting.question import one_source
from model.columnar import rows
from model.columnar.choice import ANY
from model.columnar.snapshots import about
from model.columnar.tables import tables
from model.columnar.written import MEDIA_TYPES, written
from model.golden.choice import run_spans
from model.registry import registry
from model.vocabulary import DEFAULT_SOURCE

blueprint = APIBlueprint("columnar", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="columns")])


class Kind(BaseModel):
    """As what."""

    kind: Literal["parquet", "arrow", "csv"] = Field(description="Parquet, an Arrow IPC stream, or CSV")


class AsOf(BaseModel):
    """When."""

    as_of: str = Field("now", description="sequence, RFC 3339 time or label")


class Chosen(AsOf):
    """Which rows and columns, as of when."""

    runs: str = Field("", description="such as 379415-379420, 379530; all where not given", max_length=8_000)
    dataset: str = Field(ANY, description="name of the datasets, % stands for any text")
    columns: str = Field("", description="names by commas, the key is always there; all where not given")


class OfSource(Chosen):
    """Which lumisections, with luminosity of which calibration."""

    source: str = Field("", description="calibration, OMS where not given; two are never added up")


@blueprint.get("/tables")
def described(query: AsOf) -> dict[str, Any]:
    """Return every table that programs can read: its key, and each column's type, unit and meaning."""
    with registry().reading() as connection:
        at = asof.resolve(connection, query.as_of)
        return {"sequence": at, "tables": [table.told() for table in tables(connection, at).values()]}


@blueprint.get("/lumisections.<kind>")
def lumisections(path: Kind, query: OfSource) -> Response:
    """Return a row per run, dataset and lumisection: every status, bit and number; in pieces, however many."""
    # the query model keeps one of several
    return _file("lumisections", path.kind, query, ",".join(request.args.getlist("source")))


@blueprint.get("/verdict-ranges.<kind>")
def verdict_ranges(path: Kind, query: Chosen) -> Response:
    """Return a row per range of lumisections on which a column of a dataset has one verdict: what counts."""
    return _file("verdict_ranges", path.kind, query)


def _file(name: str, kind: str, query: Chosen, said: str = "") -> Response:
    """Answer with a file as it grows; all that can be refused is refused before its first byte."""
    spans, here = run_spans(query.runs), registry()
    with here.reading() as connection:
        at = asof.resolve(connection, query.as_of)
        source = one_source(connection, said, at) if said else DEFAULT_SOURCE
        table = tables(connection, at)[name].having(_names(query.columns))
    found = rows.of(here.reading, table, at, pattern=query.dataset, runs=spans, source=source)
    schema = table.schema(about(here.reading, at, source))
    return answer(written(found, schema, kind), f"{name}_{at}.{kind}")


def answer(parts: Iterator[bytes], filename: str) -> Response:
    """Return a file that is sent as it grows."""
    response = Response(parts, mimetype=MEDIA_TYPES[filename.rpartition(".")[2]])
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _names(columns: str) -> list[str]:
    return [name for name in map(str.strip, columns.split(",")) if name]
