"""A DQM GUI that has the samples it is told: `python -m simulators.dqm_gui --port 8070 [--samples FILE]`.

`GET /data/json/samples?match=<regex>` answers as the GUI does: samples grouped by type, each with its items.
`POST /samples` with [[run, dataset], …] adds samples, as time would. FILE holds the same list.
"""

import argparse
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Gui(ThreadingHTTPServer):
    """The server, and the samples it has."""

    def __init__(self, port: int, samples: list[tuple[int, str]]) -> None:
        super().__init__(("127.0.0.1", port), _Answer)
        self.samples = samples


class _Answer(BaseHTTPRequestHandler):
    server: Gui

    def do_GET(self) -> None:
        """Answer with the samples whose name the expression finds."""
        asked = urlsplit(self.path)
        if asked.path != "/data/json/samples":
            self._send(404, {"error": "not found"})
            return
        match = parse_qs(asked.query).get("match", [""])[0]
        items = [_item(run, name) for run, name in self.server.samples if re.search(match, name)]
        self._send(200, {"samples": [{"type": "offline_data", "items": items}] if items else []})

    def do_POST(self) -> None:
        """Add samples."""
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
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
    asked = parser.parse_args()
    told = json.loads(asked.samples.read_text()) if asked.samples else []
    Gui(asked.port, [(int(run), str(name)) for run, name in told]).serve_forever()


if __name__ == "__main__":
    main()
