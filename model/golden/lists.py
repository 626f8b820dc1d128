"""Certification lists and their canonical bytes."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from model.ranges import Ranges, canonical, count, intersect, union

RunRanges = Mapping[int, Ranges]


def to_bytes(lists: RunRanges) -> bytes:
    """Return the canonical bytes: runs ascending as integers, one line, a final newline."""
    plain = {str(run): [[r.first, r.last] for r in lists[run]] for run in sorted(lists) if lists[run]}
    return (json.dumps(plain, separators=(", ", ": ")) + "\n").encode()


def sha256(data: bytes) -> str:
    """Return the digest of a download."""
    return hashlib.sha256(data).hexdigest()


def size(lists: RunRanges) -> int:
    """Return how many lumisections a list has."""
    return sum(count(spans) for spans in lists.values())


def joined(parts: Iterable[Ranges], *, every: bool) -> Ranges:
    """Join the lists of several datasets of one run: in every one of them, or in any."""
    found: Ranges | None = None
    for part in parts:
        found = part if found is None else (intersect(found, part) if every else union(found, part))
    return canonical(found or ())
