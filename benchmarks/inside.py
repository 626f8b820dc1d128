"""What is measured inside an application process: `python -m benchmarks.inside golden|page|client`."""

import json
import sys
from functools import partial
from typing import Any

from app import server
from benchmarks import client
from benchmarks.asked import addressed, question
from benchmarks.harness import own_peak_mib, timed
from ingest.demo.rulebook import PROMPT
from model import asof
from model.golden.golden import Question
from model.queries import runs
from model.registry import registry
from model.rulebook.book import rule_version


def golden() -> dict[str, Any]:
    """Ask for the golden list of the year once."""

    def ask() -> None:
        with registry().reading() as connection:
            at = asof.resolve(connection, "now")
            registry().golden.golden(
                connection, Question(rule_version(connection, "golden-2024", at), PROMPT, at)
            )

    seconds, hits = timed(ask, 1), registry().golden.hits
    return {"seconds": seconds, "hits": hits, "again": timed(ask, 10), "peak_mib": own_peak_mib()}


def page(count: int = 60) -> dict[str, Any]:
    """Fill the run page for runs spread over the year, through Dash's own door."""
    browser = server.test_client()
    browser.get("/")
    dependencies = browser.get("/_dash-dependencies").get_json()
    asked = next(d for d in dependencies if "...run-graph.figure..." in d["output"])
    with registry().reading() as connection:
        numbers = [run.run_number for run in runs.runs(connection)]
    spread = iter(numbers[:: max(1, len(numbers) // (count + 3))])

    def fill() -> None:
        body = question(asked, addressed(f"/runs/{next(spread)}"), "shell-address.pathname")
        answer = browser.post("/_dash-update-component", json=body)
        if answer.status_code != 200 or b"No such run" in answer.data:
            raise RuntimeError(f"the run page: HTTP {answer.status_code} {answer.data[:200]!r}")

    timed(fill, 1)
    return {"seconds": timed(fill, count), "peak_mib": own_peak_mib()}


if __name__ == "__main__":
    measured = {"golden": golden, "page": page, "client": partial(client.measured, server)}
    print("\n" + json.dumps(measured[sys.argv[1]]()))
