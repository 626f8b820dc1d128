"""What an operator types: `flask --app app journal …`, `product rebuild | verify`, `events kinds`."""

from pathlib import Path
from typing import Any, BinaryIO

import click
import orjson
from sqlalchemy import Connection

from model import journal
from model.cache import Cache
from model.errors import Broken, RunRegistryError
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.portable.lines import export
from model.portable.take_in import take_in
from model.products.products import product_of, products
from model.products.rebuild import Rebuilt, rebuild, require_head
from model.products.verify import verify
from model.queries import event_kinds
from model.registry import registry

_NO_PRODUCT, _NO_LIST = 1, 2


@click.group("journal")
def _journal() -> None:
    """The journal: verify its chain, write it into a file, take a file in."""


@_journal.command("verify")
@click.option(
    "--manifest", type=click.File("rb"), help="a product's manifest kept elsewhere: was a tail cut off since?"
)
def verify_journal(manifest: BinaryIO | None) -> None:
    """Check every hash of the journal, and its end against its products; exit 1 where one does not fit."""
    try:
        with registry().reading() as connection:
            head = journal.verify(connection)
            last = require_head(connection, head)
            if manifest is not None:
                _agree(connection, orjson.loads(manifest.read()))
    except Broken as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"journal verified: {head.sequence} events, head {head.hash.hex()}")
    click.echo(f"it reaches its last product, {last}" if last else "it has no product yet")


@_journal.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_journal(file: Path) -> None:
    """Write the whole journal into FILE (JSON lines, gzip), which any registry can take in."""
    making = file.with_name(f"{file.name}.partial")
    try:
        with registry().reading() as connection, making.open("wb") as out:
            end = export(connection, out)
    except (Broken, OSError) as error:
        raise click.ClickException(str(error)) from error
    making.replace(file)
    click.echo(f"{file}: {end.events} events, head {end.hash}")


@_journal.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_journal(file: Path) -> None:
    """Take the journal of FILE into a registry that is empty; an import that was interrupted goes on."""
    try:
        new, end = take_in(
            registry().database, file, lambda sequence: click.echo(f"… sequence {sequence}", err=True)
        )
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{new} of {end.events} events are new, head {end.hash}")


@click.group("product")
def _product() -> None:
    """Products: make them again, recognise a file."""


@_product.command("rebuild")
@click.argument("names", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="every product ever made")
def rebuild_products(names: tuple[str, ...], is_all: bool) -> None:
    """Make products again from the journal and compare byte for byte; exit 1 where one differs."""
    if bool(names) == is_all:
        raise click.UsageError("Name the products to make again, or say --all.")
    # nothing that was computed before counts
    room, found = GoldenRoom(Cache()), list[Rebuilt]()
    with registry().reading() as connection:
        try:
            asked = products(connection) if is_all else [product_of(connection, name) for name in names]
        except RunRegistryError as error:
            raise click.ClickException(str(error)) from error
        for each in reversed(asked):
            found.append(rebuild(connection, room, each))
            click.echo(found[-1].sentence)
    same = [each for each in found if each.is_identical]
    computed = sum(each.is_computed for each in same)
    click.echo(
        f"{len(same)} of {len(found)} products identical: {computed} made again by their rules, "
        f"{len(same) - computed} published outside"
    )
    if len(same) < len(found):
        raise SystemExit(1)


@_product.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify_file(file: Path) -> None:
    """Tell which product a file is; exit 1 where it is none, 2 where it is no list."""
    try:
        with registry().reading() as connection:
            found = verify(connection, file.read_bytes(), sequence_now(connection))
    except RunRegistryError as error:
        click.echo(f"{file.name}: {error}", err=True)
        raise SystemExit(_NO_LIST) from error
    for said in (found.sentence, *found.notes):
        click.echo(said)
    if not found.is_product:
        raise SystemExit(_NO_PRODUCT)


@click.group("events")
def _events() -> None:
    """Events: what kinds there are."""


@_events.command("kinds")
def list_kinds() -> None:
    """Write every kind of event with its fields, as `docs/events.md` lists them."""
    click.echo(event_kinds.markdown(), nl=False)


def _agree(connection: Connection, manifest: dict[str, Any]) -> None:
    if journal.hash_at(connection, manifest["sequence"]).hex() != manifest["journal_hash"]:
        raise Broken(f"At sequence {manifest['sequence']} the journal is not the one of this manifest.")


GROUPS = (_journal, _product, _events)
