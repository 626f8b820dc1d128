"""Snapshots over HTTP: which there are, their manifests, their files in whole or in parts, and to order one."""

from pathlib import Path
from typing import Any

from flask import Response, current_app, send_file, url_for
from pydantic import BaseModel, Field

from api import snapshot_work
from api.answers.columnar import Manifest, OrderedSnapshot, Snapshots, ToldSnapshot
from api.contract.noun import AsOf, kinds, noun
from identity.here import asker
from model import asof
from model.columnar.snapshots import Snapshot, snapshot, snapshots
from model.columnar.written import MEDIA_TYPES
from model.commands.snapshots import require_maker
from model.errors import NotFound
from model.registry import registry

blueprint = noun("snapshots", "/snapshots", tag="columns")
#: the setting of the folder of snapshots among the server's
FOLDER = "SNAPSHOTS"
#: what is there never changes
_FILE = kinds(MEDIA_TYPES["parquet"])
_FOR_EVER = "public, max-age=31536000, immutable"


class Named(BaseModel):
    """A snapshot."""

    sequence: int = Field(ge=0, le=10**12 - 1, description="data version; leading zeros do not matter")


class File(Named):
    """A table of a snapshot."""

    table: str = Field(description="such as lumisections")


@blueprint.get("", responses={200: Snapshots})
def read() -> dict[str, Any]:
    """Return the snapshots there are, the newest first."""
    return {"snapshots": [plain(each) for each in snapshots(folder())]}


@blueprint.post("", responses={200: ToldSnapshot, 202: OrderedSnapshot})
def order(body: AsOf) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Begin to make a snapshot beside the web: 202, and where its manifest will be; 200 where it is there."""
    with registry().reading() as connection:
        at = asof.resolve(connection, body.as_of)
    require_maker(asker(), at)
    where = url_for("snapshots.manifest", sequence=at)
    try:
        return plain(snapshot(folder(), at)), 200, {"Location": where}
    except NotFound:
        snapshot_work.begin(at)
        return {"sequence": at, "manifest": where}, 202, {"Location": where}


@blueprint.get("/<int:sequence>/manifest", responses={200: Manifest})
def manifest(path: Named) -> Response:
    """Return what a snapshot holds: per table rows, bytes, SHA-256 and columns; and a digest of all."""
    found = snapshot(folder(), path.sequence)
    return _kept(found.folder / "manifest.json", found.digest, "application/json")


@blueprint.get("/<int:sequence>/<table>.parquet", responses={200: _FILE, 206: _FILE})
def table(path: File) -> Response:
    """Return a table of a snapshot, or the parts of it that a Range header names."""
    found = snapshot(folder(), path.sequence)
    file = found.file(path.table)
    return _kept(file, found.manifest["tables"][path.table]["sha256"], MEDIA_TYPES["parquet"])


def folder() -> Path:
    """Return where snapshots lie."""
    return Path(current_app.config[FOLDER])


def plain(each: Snapshot) -> dict[str, Any]:
    """Return a snapshot as lists show it."""
    said = ("sequence", "recorded_at", "made_at", "lumi_source", "digest")
    told = {
        name: {"rows": table["rows"], "bytes": table["bytes"], "address": _address(each, name)}
        for name, table in each.manifest["tables"].items()
    }
    where = url_for("snapshots.manifest", sequence=each.sequence)
    return {**{name: each.manifest[name] for name in said}, "manifest": where, "tables": told}


def _address(each: Snapshot, name: str) -> str:
    return url_for("snapshots.table", sequence=each.sequence, table=name)


def _kept(path: Path, tag: str, mimetype: str) -> Response:
    response = send_file(path, mimetype=mimetype, conditional=True, etag=tag)
    response.headers["Cache-Control"] = _FOR_EVER
    return response
