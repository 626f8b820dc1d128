"""What an operator types of programs' tokens: `flask --app app token make | list | revoke`."""

from datetime import datetime

import click

from model import tokens
from model.authors import OPERATOR
from model.commands.tokens import NEVER, make_token, revoke_token
from model.errors import RunRegistryError
from model.registry import registry
from model.rights import Action


@click.group("token")
def token() -> None:
    """Tokens of programs: make one, list them, take one away."""


@token.command("make")
@click.argument("name")
@click.option("--allow", "actions", multiple=True, metavar="ACTION", help="what it may do; none: read only")
@click.option("--in", "workspaces", multiple=True, metavar="WORKSPACE", help="where; none: everywhere")
@click.option("--days", default=90, show_default=True, help="how long it holds")
@click.option("--purpose", default="", help="what it is for")
def make(name: str, actions: tuple[str, ...], workspaces: tuple[str, ...], days: int, purpose: str) -> None:
    """Make a token for the program NAME and show it, once."""
    try:
        with registry().writing() as tx:
            secret = make_token(
                tx, name, OPERATOR, actions=actions, workspaces_of=workspaces, days=days, purpose=purpose
            )
    except RunRegistryError as error:
        may = ", ".join(f"“{action}”" for action in Action if action not in NEVER)
        raise click.ClickException(f"{error}\nA token may: {may}.") from error
    click.echo(secret)


@token.command("list")
def list_tokens() -> None:
    """List every token, with what it may, until when, and when it was last used."""
    now = registry().clock()
    with registry().reading() as connection:
        for one in tokens.tokens(connection):
            state = (
                f"revoked by {one.revoked_by}" if one.revoked_by else "holds" if one.holds(now) else "expired"
            )
            may = ", ".join(sorted(one.scope.actions)) or "read only"
            where = f" in {', '.join(sorted(one.scope.workspaces))}" if one.scope.workspaces else ""
            click.echo(
                f"{one.name}: {state}, until {_day(one.expires_at)}, last used {_day(one.used_at)}; "
                f"{may}{where}; made by {one.made_by}"
            )


@token.command("revoke")
@click.argument("name")
@click.option("--reason", default="", help="why")
def revoke(name: str, reason: str) -> None:
    """Take the token of the program NAME away, at once."""
    try:
        with registry().writing() as tx:
            revoke_token(tx, name, OPERATOR, reason=reason)
    except RunRegistryError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is revoked")


def _day(at: datetime | None) -> str:
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M} UTC"
