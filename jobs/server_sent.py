"""How server-sent events are written down."""

import json
from typing import Any

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 2000\n\n"
)
#: the last word of a stream that is over: come back at once, and be asked anew who you are
FAREWELL = b"retry: 100\n\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 15\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def message(kind: str, data: dict[str, Any], number: int | None = None) -> bytes:
    """Return a named message; its id is the place in the journal to which it leads."""
    place = "" if number is None else f"id: {number}\n"
    return f"{place}event: {kind}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def unnamed(data: bytes, number: int) -> bytes:
    """Return a message without a name, whose data is one line."""
    return b"id: %d\ndata: %s\n\n" % (number, data)
