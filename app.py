"""Put the Run Registry together: settings, database, cache, doors. Nothing imports this but the server."""

import logging
import secrets
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any

import dash
import dash_ag_grid
from dash.exceptions import DependencyException, PreventUpdate
from dash.fingerprint import build_fingerprint
from flask import Flask, request
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

import logs
from api import doors, snapshots, stream, webhooks
from api.contract import document, errors
from api.operating import backups as backup_operations
from api.operating import commands, counted, drawn_with, headers, watched
from callbacks import failure  # importing the room registers every callback
from components import shell
from identity import guard, here, limits, local, login, origin
from jobs import shared, shared_parts
from model import replay
from model.cache import Cache
from model.db import Database
from model.errors import NotFound, Unreachable
from model.golden.golden import GoldenRoom
from model.queries import documents
from model.registry import Registry, registry, use
from model.sandbox import sandbox
from settings import Settings, load

TITLE = "Run Registry"
INDEX = """<!DOCTYPE html>
<html lang="en" data-bs-theme="dark">
<head>{%metas%}<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{%title%}</title>{%favicon%}{%css%}</head>
<body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""
_SUITES = "/_dash-component-suites"
_GRID = (
    f"{_SUITES}/{build_fingerprint('dash_ag_grid/dash_ag_grid.min.js', dash_ag_grid.__version__, '0')}",
    f"{_SUITES}/dash_ag_grid/async-community.js",
)
#: what a page reads later than its scripts, so that it begins at once; `shell.js` reads Plotly on the others
_SENT_BEFORE = {
    **dict.fromkeys(("/", "/runs/", "/golden", "/trends"), (drawn_with.PLOTLY_ADDRESS,)),
    **dict.fromkeys(("/runs", "/certify", "/query"), _GRID),
}


class _Packed(dict[str, bytes]):
    """Scripts of libraries, packed once per process; what else is answered differs each time."""

    def set(self, key: str, value: bytes) -> None:
        """Keep a script; other answers are not kept."""
        if "/_dash-component-suites/" in key:
            self[key] = value


def create_server(settings: Settings) -> Flask:
    """Return the whole application on one Flask server."""
    server = OpenAPI(
        __name__,
        info=Info(title=f"{TITLE} API", version="1"),
        doc_prefix="/api/docs",
        validation_error_callback=errors.misshapen,
    )
    # as text, a line for each request would drown what somebody should read
    logs.begin(settings.log_format, logging.INFO if settings.log_format == "json" else logging.WARNING)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    server.secret_key = settings.secret_key.get_secret_value() or _kept_secret(settings.data_dir / "secret")
    server.config.update(SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    server.config["SESSION_COOKIE_SECURE"] = settings.public_url.startswith("https:")
    server.config[stream.ADDRESS] = str(settings.stream_socket_path)
    server.config[backup_operations.FOLDER] = str(settings.backups_path)
    server.config[snapshots.FOLDER] = str(settings.snapshots_path)
    server.config[webhooks.PRIVATE] = settings.webhook_private
    server.config.update(COMPRESS_CACHE_KEY=lambda asked: asked.path, COMPRESS_CACHE_BACKEND=_Packed)
    Compress(server)
    sandbox.use(sandbox.Sandbox(settings.query_socket_path, settings.snapshots_path, settings.query_limits))
    database = Database(settings.database, settings.database_read_url)
    replay.upgrade(database)
    use(Registry(database, GoldenRoom(Cache(shared.cache(server, settings), counted.cache_read))))
    watched.install(server, settings)
    # before all others: nobody is answered whom nobody knows
    guard.install(server, settings)
    origin.install(server)
    limits.install(server, settings)
    server.register_blueprint(login.blueprint)
    doors.install(server)
    _screens(server, settings, shared.background(server, settings))
    document.finish(server)
    for group in commands.COMMANDS:
        server.cli.add_command(group)
    return server


def _screens(server: Flask, settings: Settings, background: Any) -> None:
    # only a page with a grid reads its library (`assets/certify_grid_library.js`)
    dash_ag_grid._js_dist[0]["async"] = True
    ours, styles = drawn_with.install(server, settings.data_dir / "packed", _SENT_BEFORE)
    screens = dash.Dash(
        __name__,
        server=False,
        use_pages=True,
        title=TITLE,
        update_title="",
        index_string=INDEX,
        csrf_token_name=origin.COOKIE,
        csrf_header_name=origin.HEADER,
        serve_locally=True,
        health_endpoint="healthz",
        enable_mcp=False,
        suppress_callback_exceptions=True,
        background_callback_manager=background,
        # they are in the two files below
        assets_ignore=".*",
        external_scripts=[{"src": ours.address, "data-grid": _GRID[0]}],
        external_stylesheets=[styles.address],
        on_error=failure.tell,
        routing_callback_inputs={_STANDS: dash.State("_pages_store", "data")},
    )
    screens.layout = _layout
    screens.init_app(server)
    # only now does Dash know the layouts of its pages
    for page in dash.page_registry.values():
        page["layout"] = _kept_while_one_stays(page)
    headers.install(server, settings, lambda: " ".join(screens.csp_hashes()))

    @server.errorhandler(DependencyException)
    def tell_nowhere(_error: DependencyException) -> ResponseReturnValue:
        """Say of a script that no library has that it is not there: anybody may ask for it."""
        return errors.problem(404, NotFound.code, "No library of the pages has this.")

    @server.errorhandler(Unreachable)
    def tell_away(error: Unreachable) -> ResponseReturnValue:
        """Say on the screen, too, what never came as far as a callback."""
        if request.path == "/_dash-update-component":
            return failure.answered(error)
        return errors.refuse(error)


def _kept_while_one_stays(page: Mapping[str, Any]) -> Callable[..., Any]:
    """Return a page that is not laid out anew, blank, each time its filters or `as_of` change.

    One that says so stays, too, when one goes from one of its addresses to another, as from run to run.
    What fills it reads the whole address by itself.
    """
    layout, title = page["layout"], {"title": page["title"]}

    @wraps(layout)
    def laid_out(**address: Any) -> Any:
        stands_here = address.pop(_STANDS, None) == title and page.get("stays", False)
        if stands_here or dash.ctx.triggered_prop_ids.keys() == {"_pages_location.search"}:
            raise PreventUpdate
        return layout(**address)

    return laid_out


#: what a page is told of the one that stands there: its title
_STANDS = "stands"
#: pages from this order on stand under “More”
_MORE = 20


def _layout() -> dash.html.Div:
    pages = sorted((p for p in dash.page_registry.values() if p.get("order") is not None), key=_order)
    users = [shell.User(u.name, u.full_name, ()) for u in local.USERS] if here.is_local() else []
    try:
        with registry().reading() as connection:
            labels, by = ["now", *documents.documents(connection, "label")], here.asker()
    except Unreachable:
        # the shell stands: what fills it says why it is empty
        labels, by = ["now"], here.identified()
    daily = [(p["name"], p["path"]) for p in pages if _order(p) < _MORE]
    more = [(p["name"], p["path"]) for p in pages if _order(p) >= _MORE]
    user = (
        by.name if here.is_local() else shell.User(by.name, by.full_name or by.name, tuple(sorted(by.groups)))
    )
    top = shell.header(daily, more=more, labels=labels, users=users, user=user)
    return shell.shell(top, dash.page_container)


def _order(page: dict[str, object]) -> int:
    return int(str(page["order"]))


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text()


server = create_server(load())
#: what Celery is started with; None where each host does its background work itself
worker = server.extensions.get(shared_parts.CELERY)
