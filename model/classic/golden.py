"""Golden lists as the published client asks for them: a logic, and a filter of dataset names.

All that is asked for travels in the ticket that the client polls with: nothing is kept between its calls.
"""

import base64
import binascii
import json
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model.asof import held
from model.classic.names import similar
from model.classic.record import record
from model.errors import Ambiguous, Invalid, NotFound
from model.golden.golden import Golden, GoldenRoom, Question
from model.rulebook.book import RuleVersion, given_rule, rulebook
from model.tables import dataset_summary

_LONGEST_LOGIC, _LONGEST_TICKET = 256 * 1024, 512 * 1024
#: every dataset that is not the online one
ANY_OFFLINE = "/%"
#: the system in use counts a missing bit as bad
_NULL_POLICY = "bad"
#: what SIMILAR TO has and LIKE has not
_MORE_THAN_LIKE = frozenset("|()[]*+?{}\\")
#: so long one answer goes on with names that nobody asked for before
TURN_S = 1.0


@dataclass(frozen=True)
class Wish:
    """A logic, as it was written, over datasets of some names, as of a sequence."""

    logic: str
    names: str
    at: int

    @property
    def ticket(self) -> str:
        """Return the wish as one word."""
        packed = zlib.compress(json.dumps([self.logic, self.names, self.at]).encode(), 9)
        return base64.urlsafe_b64encode(packed).decode()

    @property
    def written(self) -> Any:
        """Return the logic.

        Raises:
            Invalid: it is no JSON, or too long.
        """
        if len(self.logic) > _LONGEST_LOGIC:
            raise Invalid(f"A logic has at most {_LONGEST_LOGIC:,} characters.")
        try:
            return json.loads(self.logic)
        except (ValueError, RecursionError) as error:
            raise Invalid(f"json_logic is no JSON: {error}.") from error


def wish_of(ticket: str) -> Wish:
    """Read a ticket.

    Raises:
        NotFound: it was never given out.
    """
    if len(ticket) < _LONGEST_TICKET:
        try:
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(base64.urlsafe_b64decode(ticket), 2 * _LONGEST_TICKET)
            logic, names, at = json.loads(data)
        except (binascii.Error, zlib.error, ValueError, TypeError):
            pass
        else:
            if isinstance(logic, str) and isinstance(names, str) and isinstance(at, int):
                return Wish(logic, names, at)
    raise NotFound("No JSON was asked for under this id.")


def require_sound(connection: Connection, wish: Wish) -> list[str]:
    """Return the names of the datasets that a wish is about, where it can be granted.

    Raises:
        Invalid: the logic or the names cannot be read.
        NotFound: no dataset has such a name.
    """
    _rule(connection, wish)
    return _names(connection, wish)


def granted(
    connection: Connection, room: GoldenRoom, wish: Wish, by: str, *, turn_s: float
) -> tuple[float, dict[str, Any] | None]:
    """Return how much is done, from 0 to 1, and the record of the list where all of it is.

    Where runs have several of the datasets, lists are made name by name, and those that were made are kept: who
    asks again goes on from there.

    Args:
        turn_s: so many seconds are spent on it; one name is always made.

    Raises:
        Invalid, NotFound: as `require_sound`.
    """
    rule, names = _rule(connection, wish), _names(connection, wish)
    until = time.monotonic() + turn_s
    found = _at_once(connection, room, Question(rule, wish.names, wish.at), names)
    for name in names if not found else ():
        if found and time.monotonic() > until:
            return len(found) / len(names), None
        found.append(room.golden(connection, Question(rule, _exactly(name), wish.at)))
    return 1.0, {**_about(wish, by), **record(connection, found, wish.at)}


def _at_once(
    connection: Connection, room: GoldenRoom, question: Question, names: Sequence[str]
) -> list[Golden]:
    """Return one list for all names where they are one plain pattern and no run has two of them; else none."""
    if set(question.pattern) & _MORE_THAN_LIKE:
        return []
    try:
        chosen = question.chosen(connection)
    except (Ambiguous, NotFound):
        return []
    return [room.golden(connection, question)] if {each.name for each in chosen} == set(names) else []


def _about(wish: Wish, by: str) -> Mapping[str, Any]:
    return {
        "id": wish.ticket,
        "dataset_name_filter": wish.names,
        "tags": "",
        "created_by": by,
        "official": False,
        "deleted": False,
        "runregistry_version": str(wish.at),
        "json_logic": wish.written,
    }


def _rule(connection: Connection, wish: Wish) -> RuleVersion:
    return given_rule(wish.written, _NULL_POLICY, rulebook(connection, wish.at))


def _names(connection: Connection, wish: Wish) -> list[str]:
    s = dataset_summary
    query = select(s.c.name).where(held(s, wish.at), ~s.c.is_hidden).distinct()
    found = similar(wish.names, sorted(connection.scalars(query)))
    if not found:
        raise NotFound(f"No dataset is named like {wish.names[:120]}.")
    return found


def _exactly(name: str) -> str:
    for letter in "\\%_":
        name = name.replace(letter, f"\\{letter}")
    return name
