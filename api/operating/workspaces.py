"""What an operator does with workspaces: `flask --app app workspace list | add | add-column | …`."""

from collections.abc import Callable
from typing import Any

import click

from model.authors import OPERATOR
from model.commands import workspaces as room
from model.errors import RunRegistryError
from model.journal import Transaction
from model.queries.workspaces import PLACES, every_workspace
from model.registry import registry
from model.vocabulary import Level

_WHY = click.option("--why", required=True, help="the reason, which stands in the journal")
_PLACE = click.option("--place", type=click.Choice(list(PLACES)), default="offline", show_default=True)


@click.group("workspace")
def workspace() -> None:
    """Workspaces and their columns: list, add, label, retire; causes. Each change is taken back by `undo`."""


@workspace.command("list")
def tell() -> None:
    """List every workspace with its level and columns."""
    with registry().reading() as connection:
        found = every_workspace(connection)
    for each in found:
        named = f" “{each.label}”" if each.label != each.name else ""
        click.echo(f"{each.name}{named}  {each.level or 'no level'}")
        for column in each.columns:
            label = f" “{column.label}”" if column.label != column.name else ""
            click.echo(f"  {column.name}{label}  {', '.join(column.places)}")
        if each.causes:
            click.echo(f"  causes of its own: {', '.join(each.causes)}")


@workspace.command("add")
@click.argument("name")
@click.option("--level", type=click.Choice(list(Level)), required=True)
@_WHY
def add(name: str, level: str, why: str) -> None:
    """Add the workspace NAME."""
    _done(lambda tx: room.add_workspace(tx, name, level, OPERATOR, comment=why))


@workspace.command("add-column")
@click.argument("column")
@_PLACE
@_WHY
def add_column(column: str, place: str, why: str) -> None:
    """Add COLUMN, written workspace-column."""
    _done(lambda tx: room.add_column(tx, column, place, OPERATOR, comment=why))


@workspace.command("retire-column")
@click.argument("column")
@_PLACE
@_WHY
def retire_column(column: str, place: str, why: str) -> None:
    """Take COLUMN out of sight from now on; its history stays."""
    _done(lambda tx: room.retire_column(tx, column, place, OPERATOR, comment=why))


@workspace.command("retire")
@click.argument("name")
@_WHY
def retire(name: str, why: str) -> None:
    """Take the workspace NAME with all of its columns out of sight; their history stays."""
    _done(lambda tx: room.retire_workspace(tx, name, OPERATOR, comment=why))


@workspace.command("label")
@click.argument("name")
@click.argument("label")
@_WHY
def label(name: str, label: str, why: str) -> None:
    """Let people call the workspace or column NAME LABEL; an empty one takes the label away."""
    _done(lambda tx: room.set_label(tx, name, label, OPERATOR, comment=why))


@workspace.command("causes")
@click.argument("name")
@click.argument("causes", nargs=-1)
@_WHY
def causes(name: str, causes: tuple[str, ...], why: str) -> None:
    """Let the workspace NAME offer these causes besides the common ones; none takes its own away."""
    _done(lambda tx: room.set_causes(tx, name, causes, OPERATOR, comment=why))


@workspace.command("undo")
@click.argument("action", type=int)
@_WHY
def take_back(action: int, why: str) -> None:
    """Take back what ACTION, a sequence that a change answered with, has changed."""
    from model.commands.undo import undo

    _done(lambda tx: undo(tx, action, OPERATOR, comment=why))


def _done(command: Callable[[Transaction], Any]) -> None:
    try:
        with registry().writing() as tx:
            sequence = command(tx)
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"recorded at sequence {sequence}")
