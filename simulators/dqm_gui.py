"""A DQM GUI that has the samples it is told: `python -m simulators.dqm_gui --port 8070 [--samples FILE]`.

`GET /data/json/samples?match=<regex>` answers as the GUI does: samples grouped by type, each with its items.
`GET /data/json/archive/<run><sample>/<folder>` lists the folder's objects with the status of each quality test.
`POST /samples` with [[run, dataset], …] adds samples, as time would. FILE holds the same list.
`POST /tests` with {"<run><sample>/<folder>": {"<object>": [status, …]}} adds results of tests; with `--made-up`
the GUI has results of its own invention, the same for the same place, for every sample there is.
"""

import argparse
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_ARCHIVE = "/data/json/archive/"


class Gui(ThreadingHTTPServer):
    """The server, and the samples it has."""

    def __init__(self, port: int, samples: list[tuple[int, str]], *, makes_up: bool = False) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.samples = samples
        self.tests: dict[str, dict[str, list[int]]] = {}
        self.makes_up = makes_up

    def folder(self, place: str) -> dict[str, list[int]] | None:
        """Return the objects of a folder with the statuses of their tests."""
        return self.tests.get(place, _made_up(place) if self.makes_up else None)


class _Answer(BaseHTTPRequestHandler):
    server: Gui

    def do_GET(self) -> None:
        """Answer with the samples whose name the expression finds."""
        asked = urlsplit(self.path)
        if asked.path.startswith(_ARCHIVE):
            self._list(unquote(asked.path.removeprefix(_ARCHIVE)))
            return
        if asked.path != "/data/json/samples":
            self._send(404, {"error": "not found"})
            return
        match = parse_qs(asked.query).get("match", [""])[0]
        items = [_item(run, name) for run, name in self.server.samples if re.search(match, name)]
        self._send(200, {"samples": [{"type": "offline_data", "items": items}] if items else []})

    def _list(self, place: str) -> None:
        found = self.server.folder(place)
        if found is None:
            self._send(404, {"error": "not found"})
            return
        results = {name: [{"status": status} for status in said] for name, said in found.items()}
        objects = [{"obj": name, "path": place, "layout": None, "qresults": r} for name, r in results.items()]
        self._send(200, {"contents": [{"subdir": "reportSummaryContents", "me_count": 12}, *objects]})

    def do_POST(self) -> None:
        """Add samples, or results of tests."""
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        if self.path == "/tests":
            self.server.tests.update(told)
            self._send(200, {"folders": len(self.server.tests)})
            return
        self.server.samples += [(int(run), str(name)) for run, name in told]
        self._send(200, {"samples": len(self.server.samples)})

    def _send(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing of every request."""


def _made_up(place: str) -> dict[str, list[int]]:
    drawn = Random(place)
    return {
        f"test_{name}": [drawn.choices((100, 200, 300, 70), (95, 2, 1, 2))[0] for _ in range(2)]
        for name in ("occupancy", "efficiency", "residuals", "errors")
    }


def _item(run: int, name: str) -> dict[str, Any]:
    return {
        "run": str(run),
        "dataset": name,
        "type": "offline_data",
        "version": "",
        "importversion": 1,
    }


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8070)
    parser.add_argument("--samples", type=Path)
    parser.add_argument("--made-up", action="store_true", help="invent results of quality tests")
    asked = parser.parse_args()
    told = json.loads(asked.samples.read_text()) if asked.samples else []
    Gui(asked.port, [(int(run), str(name)) for run, name in told], makes_up=asked.made_up).serve_forever()


if __name__ == "__main__":
    main()
