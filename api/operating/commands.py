"""What an operator types besides: `flask --app app settings`."""

import click

import settings
from api import backup_operations


@click.command("settings")
@click.option("--page", is_flag=True, help="print docs/settings.md instead")
def show_settings(page: bool) -> None:
    """Print every setting with its value; secrets are hidden."""
    if page:
        click.echo(settings.page(), nl=False)
        return
    for name, value in settings.told(settings.load()).items():
        click.echo(f"{name}={value}")


COMMANDS: tuple[click.Command, ...] = (show_settings, backup_operations.backup)
