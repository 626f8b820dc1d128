"""How facts become bytes: canonical JSON without bare floats, hashes, packed arrays.

The journal's chain is defined here and nowhere else:

    hash(n) = sha256( hash(n-1) ‖ canonical([n, recorded_us, happened_us, kind, schema, author,
                      is_person, action, run_number, comment, sha256hex(canonical(payload))]) )
    hash(0) = sha256("run-registry journal, schema 1")

Canonical JSON: UTF-8, object keys sorted by code point, no white space, integers and strings only; a float
is written as {"$f": "<shortest decimal that reads back the same>"}.
"""

import hashlib
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

Json = Any
SCHEMA = 1
GENESIS = hashlib.sha256(b"run-registry journal, schema 1").digest()
_FLOAT = "$f"


def tagged(value: Json) -> Json:
    """Return the value with every float replaced by its tagged decimal.

    Raises:
        ValueError: a float is not finite.
    """
    if isinstance(value, bool) or value is None or isinstance(value, int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("a journal payload holds no NaN or infinity")
        return {_FLOAT: repr(value)}
    if isinstance(value, Mapping):
        return {str(k): tagged(v) for k, v in value.items()}
    if isinstance(value, Sequence):
        return [tagged(v) for v in value]
    raise ValueError(f"{type(value).__name__} cannot be written to the journal")


def untagged(value: Json) -> Json:
    """Undo `tagged`."""
    if isinstance(value, dict):
        if len(value) == 1 and _FLOAT in value:
            return float(value[_FLOAT])
        return {k: untagged(v) if isinstance(v, dict | list) else v for k, v in value.items()}
    if isinstance(value, list):
        return [untagged(v) if isinstance(v, dict | list) else v for v in value]
    return value


def canonical(value: Json) -> bytes:
    """Return the one byte string that stands for a JSON value."""
    return orjson.dumps(tagged(value), option=orjson.OPT_SORT_KEYS)


def parse(data: bytes | str) -> Json:
    """Read canonical bytes back."""
    return untagged(orjson.loads(data))


def chain(previous: bytes, fields: Sequence[Json], payload: bytes) -> bytes:
    """Return the next hash of the chain."""
    head = canonical([*fields, hashlib.sha256(payload).hexdigest()])
    return hashlib.sha256(previous + head).digest()


def squeeze(data: bytes) -> bytes:
    """Compress a payload."""
    return zlib.compress(data, 6)


def unsqueeze(data: bytes) -> bytes:
    """Undo `squeeze`."""
    return zlib.decompress(data)


def digits(values: np.ndarray) -> str:
    """Write floats as shortest decimals with a blank between; `-` where there is none.

    Args:
        values: float64, shape (n,).
    """
    return " ".join("-" if v != v else repr(v) for v in values.tolist())


def undigits(text: str) -> np.ndarray:
    """Undo `digits`."""
    return np.array([math.nan if word == "-" else float(word) for word in text.split()], dtype=np.float64)


def pack(values: np.ndarray) -> bytes:
    """Pack float64 numbers, little-endian, compressed."""
    return zlib.compress(np.ascontiguousarray(values, dtype="<f8").tobytes(), 1)


def unpack(data: bytes) -> np.ndarray:
    """Undo `pack`."""
    return np.frombuffer(zlib.decompress(data), dtype="<f8")
