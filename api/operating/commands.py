"""What an operator types: every command of `flask --app app`."""

import click

import settings
from api import (
    backup_operations,
    operations,
    report_operations,
    snapshot_operations,
    token_operations,
    workspace_operations,
)
from api.operating import told_settings


@click.command("settings")
@click.option("--page", is_flag=True, help="print docs/settings.md instead")
def show_settings(page: bool) -> None:
    """Print every setting with its value; secrets are hidden."""
    if page:
        click.echo(told_settings.page(), nl=False)
        return
    for name, value in told_settings.told(settings.load()).items():
        click.echo(f"{name}={value}")


COMMANDS: tuple[click.Command, ...] = (
    *operations.GROUPS,
    backup_operations.backup,
    report_operations.report,
    show_settings,
    snapshot_operations.snapshot,
    token_operations.token,
    workspace_operations.workspace,
)
