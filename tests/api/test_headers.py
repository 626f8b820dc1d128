"""What every answer tells a browser, so that nothing but our own scripts ever runs in a page."""

import base64
import hashlib
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from api.operating import headers
from settings import Settings

PLACES = (
    "/",
    "/runs",
    "/nowhere",
    "/api/v1/runs",
    "/api/docs/",
    "/api/docs/openapi.json",
    "/healthz",
    "/login",
)
_INLINE = re.compile(r"<script(?P<how>[^>]*)>(?P<what>.+?)</script>", re.DOTALL)


def _scripts(policy: str) -> str:
    return next(part for part in policy.split("; ") if part.startswith("script-src "))


@pytest.mark.parametrize("place", [*PLACES, "/api/docs/swagger"])
def test_no_page_runs_what_stands_in_it_unless_it_is_known(client: FlaskClient, place: str) -> None:
    answer = client.get(place)
    policy = answer.headers["Content-Security-Policy"]
    allowed = _scripts(policy)
    assert "unsafe" not in allowed and "*" not in policy
    assert "frame-ancestors 'none'" in policy and "object-src 'none'" in policy
    for script in _INLINE.finditer(answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""):
        if "src=" in script["how"] or 'type="application/json"' in script["how"]:
            continue
        digest = base64.b64encode(hashlib.sha256(script["what"].encode()).digest()).decode()
        nonce = re.search(r'nonce="([^"]+)"', script["how"])
        assert f"'sha256-{digest}'" in allowed or (nonce and f"'nonce-{nonce[1]}'" in allowed), script["what"][
            :80
        ]


def test_a_nonce_is_good_for_one_answer(client: FlaskClient) -> None:
    first, second = (client.get("/api/docs/swagger").headers["Content-Security-Policy"] for _ in range(2))
    assert "'nonce-" in first and first != second


@pytest.mark.parametrize("place", PLACES)
def test_every_answer_is_nobodys_frame_and_tells_nobody_where_one_was(client: FlaskClient, place: str) -> None:
    told = client.get(place).headers
    assert told["X-Content-Type-Options"] == "nosniff" and told["X-Frame-Options"] == "DENY"
    assert told["Referrer-Policy"] == "same-origin" and "camera=()" in told["Permissions-Policy"]
    assert told["Cross-Origin-Opener-Policy"] == told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in told


def test_only_behind_https_a_browser_is_told_to_stay_there() -> None:
    server = Flask("https")
    headers.install(server, Settings(public_url="https://registry.example"), lambda: "")
    told = server.test_client().get("/").headers
    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
