"""What every answer tells a browser: what it may load and run, whom it tells where it was, who may frame it."""

import secrets
from collections.abc import Callable

from flask import Flask, Response, g, request
from flask_openapi3_swagger.templates import swagger_html_string

from settings import Settings

_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # an address is the whole state of a screen: what somebody filters by is nobody else's business
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR_S = 365 * 24 * 3600
#: where Dash answers with a page
_PAGES = ("/", "/<path:path>")
_DOCS = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>API of the Run Registry</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/tokens.css"><link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/shell.css"></head>
<body class="login-gate"><main><h1>API</h1><p>Every door, to read and to try; the document for programs.</p>
{% for ui in ui_templates %}<a class="button is-primary" href="{{ ui.name }}">{{ ui.display_name }}</a>
{% endfor %}<a class="button" href="openapi.json">openapi.json</a></main></body></html>"""


def install(server: Flask, settings: Settings, inline: Callable[[], str]) -> None:
    """Send them with each answer.

    Args:
        inline: returns the hashes of the scripts that Dash writes into its pages, by blanks.
    """
    server.config["OPENAPI_HTML_STRING"] = _DOCS
    server.config["SWAGGER_HTML_STRING"] = swagger_html_string.replace(
        "<script>", '<script nonce="{{ g.nonce }}">'
    )
    fixed = dict(_ALWAYS)
    if settings.public_url.startswith("https:"):
        fixed["Strict-Transport-Security"] = f"max-age={_YEAR_S}; includeSubDomains"
    hashes: list[str] = []

    @server.before_request
    def choose_nonce() -> None:
        if request.path == "/api/docs/swagger":
            g.nonce = secrets.token_urlsafe(16)

    @server.after_request
    def tell(response: Response) -> Response:
        scripts = ""
        if "nonce" in g:
            scripts = f" 'nonce-{g.nonce}'"
        elif response.status_code == 200 and request.url_rule and request.url_rule.rule in _PAGES:
            # only once Dash has answered does it know all of them
            hashes[:] = hashes or [inline()]
            scripts = f" {hashes[0]}"
        response.headers["Content-Security-Policy"] = _POLICY.format(scripts=scripts)
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        return response
