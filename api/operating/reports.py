"""What an operator does with reports: `flask --app app report list | make | verify`."""

import click

from api.report_work import draw
from model.authors import REGISTRY
from model.cache import Cache
from model.errors import RunRegistryError
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.registry import Registry, registry
from model.report.freeze import freeze, verified
from model.report.kept import report_of, reports
from model.report.scope import Asked


@click.group("report")
def report() -> None:
    """Reports: list them, make one, verify that each can be made again."""


@report.command("list")
def tell() -> None:
    """List the frozen reports, the newest first."""
    with registry().reading() as connection:
        for each in reports(connection, sequence_now(connection)):
            click.echo(f"{each.name}  {each.at[:16]}  {each.author}  {each.title}")


@report.command("make")
@click.argument("kind")
@click.argument("scope", default="")
@click.option("--rule", default="", help="a kept rule; the golden rule if absent")
@click.option("--source", default="", help="luminosity source; OMS if absent")
@click.option("--as-of", default="now", help="sequence, time or label")
def make(kind: str, scope: str, rule: str, source: str, as_of: str) -> None:
    """Make a report of KIND (week, era, cycle, shift) about SCOPE; without one, of the week or shift before.

    Meant to be run by schedule; what is frozen already, of the same sequence, is not made twice.
    """
    try:
        found = freeze(registry(), Asked(kind, scope, rule, source=source, as_of=as_of), REGISTRY)
        draw(registry(), found)
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{found.name} {found.sha256}")


@report.command("verify")
@click.argument("names", nargs=-1)
def verify(names: tuple[str, ...]) -> None:
    """Make reports (all, or those named) again from their sequence; exit 1 where one comes out otherwise."""
    with registry().reading() as connection:
        at = sequence_now(connection)
        try:
            chosen = [report_of(connection, name, at) for name in names] if names else reports(connection, at)
        except RunRegistryError as error:
            raise click.ClickException(str(error)) from error
        # nothing that was computed before counts
        own = Registry(registry().database, GoldenRoom(Cache()), registry().clock)
        found = [verified(own, connection, each) for each in chosen]
    for each in found:
        if not each.is_same:
            click.echo(f"{each.name}: {each.why}")
    same = sum(each.is_same for each in found)
    click.echo(f"{same} of {len(found)} reports were made again byte for byte")
    if same < len(found):
        raise SystemExit(1)
