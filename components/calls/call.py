"""One call that answers what a screen shows, written for a shell, for Python, and as SQL."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

_SECONDS = 60
#: variable of the shell that holds a program's token, which no screen knows
TOKEN = "RUN_REGISTRY_TOKEN"


@dataclass(frozen=True)
class Address:
    """Where a screen is.

    Args:
        said: the words of the address, those that mean nothing left out.
        at: the sequence that is shown; `as_of` is empty where that is now.
        facts: what the screen chose where the address does not say it, such as the newest run.
    """

    path: str
    said: Mapping[str, str]
    at: int = 0
    as_of: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A request and the same as SQL.

    Args:
        says: what it answers.
        body: of a POST, as JSON; None for a GET.
        sql: over the tables of a snapshot; else `no_sql` says why there is none.
        client: the same by the published client, a line of Python.
        is_mine: the answer is about whoever asks.
    """

    says: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    sql: str = ""
    no_sql: str = "No snapshot holds this: take the API."
    client: str = ""
    is_mine: bool = False


def params(address: Address, **words: Any) -> dict[str, str]:
    """Return parameters without those that say nothing, `as_of` last."""
    found = {name: str(word) for name, word in words.items() if word not in ("", None)}
    return {**found, "as_of": address.as_of} if address.as_of else found


def segment(word: str) -> str:
    """Return a word as one part of a path."""
    return quote(word, safe="")


def curl(call: Call, origin: str, who: str | None = "") -> str:
    """Return the call for a shell; every word is quoted, whatever is in it.

    Args:
        who: the local user who asks; None where programs show a token instead.
    """
    url = shlex.quote(f"{origin}{call.path}")
    head = f' \\\n  -H "Authorization: Bearer ${TOKEN}" \\\n ' if who is None else ""
    if who and call.is_mine:
        head = f" -H {shlex.quote(f'X-Run-Registry-User: {who}')}"
    if call.body is not None:
        said = shlex.quote(json.dumps(call.body, ensure_ascii=False))
        kind = "-H 'Content-Type: application/json'"
        return f"curl -sS --fail-with-body{head} {kind} \\\n  --data-raw {said} \\\n  {url}"
    words = "".join(
        f" \\\n  --data-urlencode {shlex.quote(f'{name}={word}')}" for name, word in call.params.items()
    )
    return f"curl -sS --fail-with-body -G{head} {url}{words}"


def python(call: Call, origin: str, who: str | None = "") -> str:
    """Return the call by requests, and by the published client where that has it; `who` as for curl."""
    head = f'    headers={{"X-Run-Registry-User": {who!r}}},\n' if who and call.is_mine else ""
    if who is None:
        head = f'    headers={{"Authorization": "Bearer " + os.environ["{TOKEN}"]}},\n'
    verb = "get" if call.body is None else "post"
    what = f"    params={dict(call.params)!r},\n" if call.body is None else f"    json={call.body!r},\n"
    lines = (
        f"{'import os' + chr(10) * 2 if who is None else ''}import requests\n\n"
        f"answer = requests.{verb}(\n    {f'{origin}{call.path}'!r},\n{what}{head}    timeout={_SECONDS},\n)\n"
        "answer.raise_for_status()\nfound = answer.json()\n"
    )
    if not call.client:
        return lines
    return f"{lines}\n# or, by the published client (pip install runregistry)\n{client(call)}"


def client(call: Call) -> str:
    """Return the call by the published client alone."""
    return f"import runregistry\n\nfound = runregistry.{call.client}\n"


def sql(call: Call, at: int) -> str:
    """Return the SQL with the snapshot that it is meant for, or why there is none."""
    return f"-- on the snapshot of sequence {at}\n{call.sql}\n" if call.sql else f"-- {call.no_sql}\n"
