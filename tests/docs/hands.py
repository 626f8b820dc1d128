"""Hands that do what a block says: ask a server over the small registry, or run the program's own commands."""

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from flask import Flask

from model.registry import Registry, use
from tests.docs.blocks import Block

#: where the pages say a registry is
ADDRESS = "http://127.0.0.1:8050"
_CALL = re.compile(r"(?P<method>GET|POST) (?P<path>\S+)\n(?P<more>.*?)→ (?P<status>\d{3})\n", re.DOTALL)
_HEADER = re.compile(r"([A-Z][A-Za-z-]+): (.+)\n")
_TAKES_S = 60


@dataclass
class Place:
    """Where the blocks of one page are run.

    Args:
        folder: where they are typed; files that a page names lie there.
        elsewhere: gives a new, empty registry, for a line that names one of its own (`DATABASE_URL=…`).
        made: registries that were opened so.
        printed: the numbers that blocks of Python said, in order.
        known: what the last answers told: the places to fill in of a page's calls.
    """

    address: str
    folder: Path
    registry: Registry
    server: Flask
    elsewhere: Callable[[], Registry]
    ingest: Callable[[list[str]], int]
    made: list[Registry] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def here(self, text: str) -> str:
        """Return a text with this server's address."""
        return text.replace(ADDRESS, self.address)


def run(block: Block, place: Place) -> int:
    """Do what a block says; return how many commands that were. Whatever is not done as it says fails."""
    return _HANDS[block.language](block, place)


def parse(block: Block) -> None:
    """Read a block that cannot be run: what is no sentence of its language fails."""
    if block.language == "sh":
        said = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
        assert said.returncode == 0, f"{block.place}: {said.stderr}"
    elif block.language == "python":
        compile(block.text, block.place, "exec")


def lines(block: Block) -> list[list[str]]:
    """Return the commands of a shell block as words, without comments."""
    joined = block.text.replace("\\\n", " ")
    found = [shlex.split(line, comments=True) for line in joined.splitlines()]
    return [words for words in found if words]


def _shell(block: Block, place: Place) -> int:
    parse(block)
    found, other = lines(block), None
    for words in found:
        if words[0].startswith("DATABASE_URL="):
            other = other or _opened(place)
            use(other)
            words = words[1:]
        program, rest = Path(words[0]).name, words[1:]
        if program == "flask":
            assert rest[:2] == ["--app", "app"], block.place
            done = place.server.test_cli_runner().invoke(args=rest[2:])
            assert done.exit_code == 0, f"{block.place}: {words}: {done.output}"
        elif program == "curl":
            _curl(block, rest, place)
        else:
            assert (program, rest[:2]) == ("python", ["-m", "ingest"]), (
                f"{block.place}: nobody here runs {words}"
            )
            assert place.ingest(rest[2:]) == 0, f"{block.place}: {words}"
        use(place.registry)
    return len(found)


def _opened(place: Place) -> Registry:
    place.made.append(place.elsewhere())
    return place.made[-1]


def _curl(block: Block, words: list[str], place: Place) -> None:
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("url")
    for flag in ("-s", "-f", "-N"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("-H", action="append", default=[])
    for option in ("-o", "-d", "-X"):
        parser.add_argument(option)
    asked = parser.parse_args([word for each in words for word in _single(each)])
    headers = dict(each.split(": ", 1) for each in asked.H)
    method = asked.X or ("POST" if asked.d else "GET")
    answer = requests.request(
        method, place.here(asked.url), data=asked.d and asked.d.encode(), headers=headers, timeout=_TAKES_S
    )
    assert answer.status_code < 400, f"{block.place}: {answer.status_code} {answer.text[:500]}"
    if asked.o:
        (place.folder / asked.o).write_bytes(answer.content)


def _single(word: str) -> list[str]:
    """Return short flags one by one: `-sf` is `-s -f`."""
    return [f"-{letter}" for letter in word[1:]] if re.fullmatch(r"-[a-zA-Z]{2,}", word) else [word]


def _http(block: Block, place: Place) -> int:
    calls = list(_CALL.finditer(block.text))
    assert calls, block.place
    if "sequence" not in place.known:
        told = requests.get(f"{place.address}/api/v1/version", timeout=_TAKES_S).json()
        place.known["sequence"] = str(told["sequence"])
    for call in calls:
        _one_call(block, call, place)
    return len(calls)


def _one_call(block: Block, call: re.Match[str], place: Place) -> None:
    path, more = (_filled(text, place.known) for text in (call["path"], call["more"]))
    body = re.search(r"^\{", more, re.MULTILINE)
    headers = dict(_HEADER.findall(more[: body.start()] if body else more))
    sent: dict[str, Any] = {"json": json.loads(more[body.start() :])} if body else {}
    answer = requests.request(
        call["method"], f"{place.address}{path}", headers=headers, timeout=_TAKES_S, **sent
    )
    assert answer.status_code == int(call["status"]), f"{block.place}: {path}: {answer.text[:500]}"
    place.known["ETag"] = answer.headers.get("ETag", place.known.get("ETag", ""))
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    told = answer.json() if is_json and answer.content else {}
    # what was written is what an author has seen from now on
    names = ("next_cursor", *(("sequence", "digest") if call["method"] == "POST" else ()))
    place.known |= {name: str(told[name]) for name in names if told.get(name)}


def _filled(text: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _python(block: Block, place: Place) -> int:
    command = [sys.executable, "-u", "-c", place.here(block.text)]
    if block.is_endless:
        with subprocess.Popen(command, cwd=place.folder, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout and process.stdout.readline().strip(), f"{block.place} says nothing"
            process.kill()
        return 1
    done = subprocess.run(
        command, cwd=place.folder, capture_output=True, text=True, check=False, timeout=_TAKES_S
    )
    assert done.returncode == 0, f"{block.place}: {done.stderr[-2000:]}"
    place.printed += [done.stdout] if re.fullmatch(r"[\d.]+\n", done.stdout) else []
    return 1


def _sql(block: Block, place: Place) -> int:
    body = {"sql": block.text, "snapshot": "latest"}
    answer = requests.post(f"{place.address}/api/v1/query", json=body, timeout=_TAKES_S)
    assert answer.status_code == 200, f"{block.place}: {answer.text[:500]}"
    return 1


def _json(block: Block, _place: Place) -> int:
    json.loads(block.text)
    return 1


def _nothing(_block: Block, _place: Place) -> int:
    return 0


_HANDS: dict[str, Callable[[Block, Place], int]] = {
    "sh": _shell,
    "python": _python,
    "sql": _sql,
    "http": _http,
    "json": _json,
    "text": _nothing,
}
