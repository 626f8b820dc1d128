"""Doors that are going to close: told in every answer (RFC 9745, RFC 8594) and the document, a year ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from flask import Flask, Response, request

#: between the day a door is deprecated and the day it closes, at least
NOTICE_DAYS = 365


@dataclass(frozen=True)
class Deprecation:
    """Since when a door is deprecated, when it closes, and what takes its place."""

    since: date
    sunset: date
    successor: str


#: by path as the document has it and method, such as ("/api/v1/runs", "get")
DEPRECATED: Mapping[tuple[str, str], Deprecation] = {}


def install(server: Flask) -> None:
    """Tell whoever still comes."""
    server.after_request(_told)


def deprecation(path: str, method: str) -> Deprecation | None:
    """Return the deprecation of a door, by its path as the document has it."""
    return DEPRECATED.get((path, method.lower()))


def _told(response: Response) -> Response:
    rule = str(request.url_rule or "")
    found = deprecation(_documented(rule), request.method)
    if found is not None:
        response.headers["Deprecation"] = f"@{int(_midnight(found.since).timestamp())}"
        response.headers["Sunset"] = format_datetime(_midnight(found.sunset), usegmt=True)
        response.headers["Link"] = f'<{found.successor}>; rel="successor-version"'
    return response


def _documented(rule: str) -> str:
    parts = (part.strip("<>").rpartition(":")[2] if part.startswith("<") else "" for part in rule.split("/"))
    return "/".join(f"{{{name}}}" if name else part for name, part in zip(parts, rule.split("/"), strict=True))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
