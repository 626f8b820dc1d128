"""What an operator types: every command of `flask --app app`."""

import click

import settings
from api.operating import backups as backup_operations
from api.operating import journal as operations
from api.operating import reports as report_operations
from api.operating import snapshots as snapshot_operations
from api.operating import tokens as token_operations
from api.operating import told_settings
from api.operating import workspaces as workspace_operations


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
