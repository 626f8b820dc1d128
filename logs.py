"""How the log is written: as text for a person who watches, or as one JSON object a line for a machine."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

#: under this name a record carries what its line says besides its message
FIELDS = "fields"
_TEXT = "%(asctime)s %(name)s %(message)s"


class Text(logging.Formatter):
    """One line a record, whatever is in its message: nobody writes lines of the log by what they ask."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        """Return the line, with what would begin another one written out."""
        record.message = "".join(c if c.isprintable() else repr(c)[1:-1] for c in record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Return the traceback, its lines set in: what an error says begins no line of the log either."""
        return "\n".join(f"  {line}" for line in super().formatException(ei).splitlines())


class Line(logging.Formatter):
    """One JSON object a record; what is written is on one line, whatever is in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {"at": at.replace("+00:00", "Z"), "level": record.levelname.lower(), "log": record.name}
        said |= {"message": record.getMessage(), **getattr(record, FIELDS, {})}
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(said, default=str).decode()


def begin(form: str, level: int = logging.INFO) -> None:
    """Let this process write its log in a form, unless somebody decided already how it is written."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line() if form == "json" else Text(_TEXT))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)


def of_server() -> dict[str, Any]:
    """Return how gunicorn writes its own log, and that of all its workers, as JSON."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "logs.Line"}},
        "handlers": {
            "json": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
        },
        "root": {"level": "INFO", "handlers": ["json"]},
        "loggers": {
            "gunicorn.error": {
                "level": "INFO",
                "handlers": ["json"],
                "propagate": False,
                "qualname": "gunicorn.error",
            },
            "alembic": {"level": "WARNING"},
        },
    }
