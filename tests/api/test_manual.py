"""The built documentation is served as it is, and where it is not built that is said."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.operating import manual


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the documentation be one page and one style sheet."""
    monkeypatch.setattr(manual, "SITE", tmp_path)
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "site.css").write_text("body { margin: 0; }")
    (tmp_path / "index.html").write_text("<h1>Run Registry</h1>")
    return tmp_path


def test_pages_and_what_they_load_are_served(client: FlaskClient, built: Path) -> None:
    with client.get("/docs/") as first, client.get("/docs/_static/site.css") as style:
        assert (first.status_code, first.mimetype, first.text) == (200, "text/html", "<h1>Run Registry</h1>")
        assert (style.status_code, style.mimetype) == (200, "text/css")
        assert "script-src 'self';" in first.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["nothing.html", "../secret", "%2e%2e/secret"])
def test_nothing_but_the_pages_is_served(client: FlaskClient, built: Path, name: str) -> None:
    (built.parent / "secret").write_text("a secret")
    answer = client.get(f"/docs/{name}")
    assert answer.status_code == 404 and "secret" not in answer.get_json()["title"]


def test_that_nothing_is_built_is_said(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manual, "SITE", tmp_path / "none")
    answer = client.get("/docs/")
    assert (answer.status_code, answer.get_json()["detail"]) == (
        404,
        "The documentation is not built: make docs.",
    )
