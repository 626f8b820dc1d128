"""Refusals as HTTP: one table, one body."""

from dataclasses import asdict
from types import MappingProxyType

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from model import errors

STATUS = MappingProxyType(
    {
        errors.NotFound: 404,
        errors.Invalid: 422,
        errors.Forbidden: 403,
        errors.NotOpen: 409,
        errors.Stale: 409,
        errors.Ambiguous: 409,
        errors.Busy: 503,
    }
)


def refuse(error: errors.RunRegistryError) -> ResponseReturnValue:
    """Answer a refusal with its sentence, its code and both sides of a conflict."""
    body: dict[str, object] = {"error": error.code, "message": str(error)}
    if isinstance(error, errors.Stale):
        body["conflicts"] = [asdict(c) for c in error.conflicts]
    return jsonify(body), STATUS.get(type(error), 400)


def install(server: Flask) -> None:
    """Translate every refusal of the model, at one place."""
    server.register_error_handler(errors.RunRegistryError, refuse)
