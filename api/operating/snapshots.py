"""What an operator does with snapshots: `flask --app app snapshot make | list | verify | prune`."""

from datetime import timedelta

import click
from flask.cli import AppGroup

from api.snapshots import folder
from model import asof
from model.authors import REGISTRY
from model.columnar import kept
from model.columnar import snapshots as there
from model.columnar.tables import FIXED, lumisections
from model.columnar.words import described
from model.commands.snapshots import make_snapshot
from model.errors import RunRegistryError
from model.registry import registry

# its commands find the folder in the settings of the application
snapshot = AppGroup("snapshot", help="Snapshots of the tables: make one, list, verify, remove old ones.")


@snapshot.command("make")
@click.option("--as-of", default="now", help="sequence, time or label")
def make(as_of: str) -> None:
    """Make the snapshot of a sequence; one that is there is not made twice."""
    here = registry()
    try:
        with here.reading() as connection:
            at = asof.resolve(connection, as_of)
        found = make_snapshot(here.reading, folder(), at, REGISTRY, here.clock)
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.folder} {found.digest}")


@snapshot.command("list")
def tell() -> None:
    """List the snapshots, the newest first."""
    for each in there.snapshots(folder()):
        tables = each.manifest["tables"].values()
        size_mib = sum(table["bytes"] for table in tables) / 2**20
        rows = sum(table["rows"] for table in tables)
        click.echo(
            f"{each.folder.name}  {each.manifest['made_at'][:19]}  {rows:>12,} rows  {size_mib:8.1f} MiB"
        )


@snapshot.command("verify")
@click.argument("sequences", nargs=-1, type=int)
@click.option("--again", is_flag=True, help="make each again from the registry's tables too, and compare")
def verify(sequences: tuple[int, ...], again: bool) -> None:
    """Check the bytes of snapshots (all, or those named) against their manifests; exit 1 where any differs."""
    here = registry()
    try:
        chosen = [there.snapshot(folder(), at) for at in sequences] or there.snapshots(folder())
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    wrong = 0
    for each in chosen:
        said = list(kept.complaints(each))
        if again:
            unlike = kept.differing(here.reading, each)
            said += [f"{name} of {each.sequence} is made otherwise now" for name in unlike]
        wrong += bool(said)
        for line in said:
            click.echo(line)
    click.echo(f"{len(chosen) - wrong} of {len(chosen)} snapshots are what they were")
    if wrong:
        raise SystemExit(1)


@snapshot.command("describe")
def describe() -> None:
    """Say what the tables of a new registry are, as docs/snapshots.md does."""
    click.echo(described((lumisections(), *FIXED)))


@snapshot.command("prune")
@click.option("--keep-days", default=90, type=click.IntRange(31), help="younger ones stay")
def prune(keep_days: int) -> None:
    """Remove old snapshots, but never the newest or one that a label names."""
    here = registry()
    gone = kept.prune(here.reading, folder(), here.clock(), timedelta(days=keep_days))
    click.echo(f"{len(gone)} snapshots removed{': ' if gone else ''}{', '.join(map(str, gone))}")
