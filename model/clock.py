"""Time enters from outside: a clock is a callable that returns an aware UTC datetime."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


class SettableClock:
    """A clock that stands where it was set and moves one millisecond at each reading."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


def to_us(at: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC, exactly.

    Raises:
        ValueError: the time has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(text: str) -> datetime | None:
    """Return the time that a text names, UTC where it names no zone; None where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def from_us(us: int) -> datetime:
    """Return the UTC time of microseconds since 1970-01-01."""
    return EPOCH + timedelta(microseconds=us)


def rfc3339(us: int) -> str:
    """Return `2024-05-20T12:00:00Z`, with a fraction only where there is one."""
    return from_us(us).isoformat().replace("+00:00", "Z")
