"""What an operator does with backups: `flask --app app backup make | list | verify | restore`."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from model import jobs
from model.backups import backups, restore
from model.errors import RunRegistryError
from model.registry import registry

#: where the application is told the folder of backups
FOLDER = "RUN_REGISTRY_BACKUPS"
_WHERE = click.option(
    "--in", "folder", type=click.Path(path_type=Path), help="folder of backups; BACKUP_DIR if absent"
)


# its commands find the folder in the settings of the application
backup = AppGroup(
    "backup", help="Backups: make one while people write, list, verify, restore into an empty registry."
)


@backup.command("make")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="folder of backups; BACKUP_DIR if absent")
@click.option("--keep", type=click.IntRange(min=1), help="remove all but so many of the newest afterwards")
def make(folder: Path | None, keep: int | None) -> None:
    """Make a backup and verify it; the name of the new one is the first word of the answer."""
    try:
        with jobs.ran(registry().database, jobs.BACKUP) as run:
            found = backups.make(registry().database, _folder(folder))
            run.said = told(found)
    except (RunRegistryError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(told(found))
    for name in backups.prune(_folder(folder), keep) if keep else ():
        click.echo(f"removed {name}")


@backup.command("list")
@_WHERE
def tell(folder: Path | None) -> None:
    """List the backups, the newest first."""
    try:
        for each in backups.backups(_folder(folder)):
            click.echo(told(each))
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error


@backup.command("verify")
@click.argument("name", default="latest")
@_WHERE
def verify(name: str, folder: Path | None) -> None:
    """Check every byte of a backup (the newest, or NAME) and every hash of the journal in it."""
    try:
        found = backups.backup(_folder(folder), name)
        head = backups.verify(found)
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.name} verified: {head.sequence} events, head {head.hash.hex()}")


@backup.command("restore")
@click.argument("name", default="latest")
@_WHERE
def put_back(name: str, folder: Path | None) -> None:
    """Fill this registry, which must be empty, with a backup (the newest, or NAME)."""
    try:
        found = backups.backup(_folder(folder), name)
        held = restore.restore(registry().database, found)
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.name} restored: {held.sentence}")


def told(found: backups.Backup) -> str:
    """Say what a backup is."""
    return f"{found.name}  sequence {found.sequence}  head {found.hash}  {found.size / 2**20:.1f} MiB"


def _folder(given: Path | None) -> Path:
    return given or Path(current_app.config[FOLDER])
