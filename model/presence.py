"""Who else is here: a word left in the shared cache that fades; it is no fact and is never recorded."""

from dataclasses import dataclass

import orjson

from model.authors import Author
from model.cache import Cache

#: a browser says every 15 s that it is still there
FADES_S = 40


@dataclass(frozen=True)
class Here:
    """Somebody who looks at the same place, and at what: `what` is a row or cell in the place's own words."""

    name: str
    full_name: str
    what: str


def greet(cache: Cache, place: str, by: Author, what: str, now_s: float) -> list[Here]:
    """Say that somebody is at a place, and return the others there.

    Two who greet at the same instant may miss each other until they greet again.
    """
    key = f"presence:{place}"
    kept = cache.get(key)
    found: dict[str, list[object]] = orjson.loads(kept) if kept else {}
    found[by.name] = [by.full_name or by.name, what[:200], now_s]
    fresh = {name: said for name, said in found.items() if now_s - float(str(said[2])) < FADES_S}
    cache.set(key, orjson.dumps(fresh))
    return [Here(name, str(s[0]), str(s[1])) for name, s in sorted(fresh.items()) if name != by.name]
