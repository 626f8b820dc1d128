"""Whom somebody outside vouches for, a proxy or an issuer: a person or a program, with groups."""

from collections.abc import Iterable

from identity.errors import Unidentified
from model.authors import IMPORTER, NOBODY_ASKS, OPERATOR, PROGRAM, REGISTRY, RESERVED, RULES, SCHEDULE, Author

_LONGEST_NAME = 200
_MOST_GROUPS = 2000
#: these speak for the registry itself
_OWN = frozenset(a.name for a in (IMPORTER, NOBODY_ASKS, OPERATOR, REGISTRY, RULES, SCHEDULE))


def person(name: str, groups: Iterable[str], full_name: str = "") -> Author:
    """Return a person whom somebody vouches for.

    Raises:
        Unidentified: a name that cannot be one of a person.
    """
    return Author(_name(name), True, _groups(groups), _shown(full_name) or name)


def program(name: str, groups: Iterable[str] = ()) -> Author:
    """Return a program whom somebody vouches for; its name says that it is one.

    Raises:
        Unidentified: a name that cannot be one.
    """
    return Author(f"{PROGRAM}{_name(name)}", False, _groups(groups), f"{name} (program)")


def _name(name: str) -> str:
    # a colon is in the names of rules and programs only
    if not name or len(name) > _LONGEST_NAME or not name.isprintable() or ":" in name or name in _OWN:
        raise Unidentified("The name that was given for you is none that the registry can keep.")
    return name


def _groups(groups: Iterable[str]) -> frozenset[str]:
    named = [group.strip() for group in groups]
    kept = [g for g in named if g and g.isprintable() and not g.lower().startswith(RESERVED)]
    return frozenset(kept[:_MOST_GROUPS])


def _shown(full_name: str) -> str:
    return full_name[:_LONGEST_NAME] if full_name.isprintable() else ""
