"""Ask the DQM GUI which samples it has.

Source: the GUI's `data/json/samples?match=<regex>`, as the system in use asks it: one answer lists samples by
type, each with its items {run, dataset, type, version, importversion}.
"""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from http import HTTPStatus
from typing import Any

TIMEOUT_S = 60
#: all samples of a year are some ten megabytes
_LONGEST = 200 * 1024 * 1024


class Unreachable(Exception):
    """The DQM GUI gave no usable answer; the sentence says what it gave."""


def samples(base: str, match: str = "") -> dict[int, list[str]]:
    """Return the names of the samples of each run.

    Args:
        base: address of the GUI, such as https://cmsweb.cern.ch/dqm/offline.
        match: regular expression on the names; empty asks for all.

    Raises:
        Unreachable: no answer in time, not HTTP 200, too long, or not what the GUI answers.
    """
    body = ask(base, f"data/json/samples?{urllib.parse.urlencode({'match': match})}")
    try:
        return _read(json.loads(body or b""))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"{base} does not answer with samples: {type(error).__name__} {error}.") from error


def ask(base: str, what: str, *, may_be_missing: bool = False) -> bytes | None:
    """Return what the GUI answers; None where it has no such thing and that may be.

    Raises:
        Unreachable: no answer in time, not HTTP 200, or too long.
    """
    address = f"{base.rstrip('/')}/{urllib.parse.quote(what, safe='/?=&%+')}"
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_S) as answer:
            body: bytes = answer.read(_LONGEST + 1)
    except (urllib.error.URLError, TimeoutError, ConnectionError, ValueError) as error:
        if may_be_missing and isinstance(error, urllib.error.HTTPError) and error.code == HTTPStatus.NOT_FOUND:
            return None
        raise Unreachable(f"{base} does not answer: {error}.") from error
    if len(body) > _LONGEST:
        raise Unreachable(f"{base} answers more than {_LONGEST:,} bytes.")
    return body


def _read(answer: Any) -> dict[int, list[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    for kind in answer["samples"]:
        for item in kind["items"]:
            name = item["dataset"]
            if not isinstance(name, str):
                raise TypeError(f"a dataset is named {name!r}")
            found[int(item["run"])].add(name)
    return {run: sorted(names) for run, names in sorted(found.items())}
