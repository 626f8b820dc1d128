"""The login service over HTTP."""

from html import escape
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from joserfc.jwk import KeySet

from simulators.login.people import CLIENT
from simulators.login.service import ByCode, ByRefresh, Service, Tokens, Told


def create_service(service: Service) -> Flask:
    """Return the service as a server."""
    server = Flask(__name__)
    oauth = AuthorizationServer(server, service.clients.get, service.save)
    served = {"service": service}
    told = type("Told", (Told,), served)(require_nonce=True)
    oauth.register_grant(type("ByCode", (ByCode,), served), [told, CodeChallenge(required=True)])
    oauth.register_grant(type("ByRefresh", (ByRefresh,), served))
    oauth.register_grant(grants.ClientCredentialsGrant)
    oauth.register_token_generator("default", Tokens(service))

    @server.route("/auth", methods=["GET", "POST"])
    def auth() -> Any:
        if request.args.get("code_challenge_method") != "S256" or not request.args.get("code_challenge"):
            return "This service asks for PKCE (S256).", 400
        person = service.people.get(request.form.get("name", ""))
        if request.method == "GET" or person is None:
            return _form(service)
        grant = oauth.get_consent_grant(end_user=person)
        return oauth.create_authorization_response(grant_user=person, grant=grant)

    @server.post("/token")
    def token() -> Any:
        return oauth.create_token_response()

    @server.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        person = service.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return jsonify(person.claims()) if person else ({"error": "invalid_token"}, 401)

    @server.get("/logout")
    def logout() -> ResponseReturnValue:
        back = request.args.get("post_logout_redirect_uri", "")
        known = service.clients[CLIENT].returns_to.removesuffix("login/callback")
        is_ours = service.forget(request.args.get("id_token_hint", "")) and back.startswith(known)
        return redirect(back) if is_ours else ("You are logged out.", 200)

    _controls(server, service)
    return server


def _controls(server: Flask, service: Service) -> None:
    """Serve what the service says of itself, and what an administrator of people and keys would do."""

    @server.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        return jsonify(service.metadata())

    @server.get("/certs")
    def certs() -> Response:
        return jsonify(KeySet(list(service.keys)).as_dict(private=False))

    @server.post("/people/<name>")
    def people(name: str) -> dict[str, Any]:
        service.people[name].groups = list(request.get_json()["groups"])
        return service.people[name].claims()

    @server.post("/keys")
    def keys() -> dict[str, int]:
        service.turn_keys()
        return {"keys": len(service.keys)}


def _form(service: Service) -> str:
    people = "".join(
        f'<p><button name="name" value="{escape(name)}">{escape(each.full_name)}</button></p>'
        for name, each in service.people.items()
    )
    return f"<!doctype html><title>Log in</title><h1>Who are you?</h1><form method=post>{people}</form>"
