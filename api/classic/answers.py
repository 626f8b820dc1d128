"""How the client is answered: JSON whose letters are written as they are, since it shows refusals raw."""

from typing import Any

import orjson
from flask import Response

_JSON = "application/json; charset=utf-8"


def answer(found: Any, status: int = 200) -> Response:
    """Return JSON."""
    return Response(orjson.dumps(found), status, content_type=_JSON)
