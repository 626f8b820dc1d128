"""The documentation, where it was built: `make docs` writes the pages, `/docs/` serves them as they are."""

from pathlib import Path

from flask import Flask, send_from_directory
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoSuchFile

from api.contract.errors import problem
from model.errors import NotFound

SITE = Path(__file__).parents[2] / "docs" / "_site"
PATH = "/docs/"


def install(server: Flask) -> None:
    """Open the pages; they are no doors of the API, and its document does not name them."""
    server.add_url_rule(PATH, "manual", page, defaults={"name": "index.html"})
    server.add_url_rule(f"{PATH}<path:name>", "manual", page)
    # the help of the pages leads there, where there is something to read
    server.extensions["manual"] = is_built


def is_built() -> bool:
    """Tell whether there is something to read."""
    return (SITE / "index.html").is_file()


def page(name: str) -> ResponseReturnValue:
    """Return one file of the documentation."""
    try:
        return send_from_directory(SITE, name)
    except NoSuchFile:
        said = (
            f"The documentation has no {name}." if is_built() else "The documentation is not built: make docs."
        )
        return problem(404, NotFound.code, said)
