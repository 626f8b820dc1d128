"""How the client is answered: JSON whose letters are written as they are, since it shows refusals raw."""

from typing import Any

import orjson
from flask import Response

_JSON = "application/json; charset=utf-8"


def answer(found: Any, status: int = 200) -> Response:
    """Return JSON; bytes are JSON already."""
    data = found if isinstance(found, bytes) else orjson.dumps(found)
    return Response(data, status, content_type=_JSON)
