"""A registry in which there is something for every write to be about, and what a refusal must say."""

import re
from typing import Any

from flask.testing import FlaskClient

from model.registry import Registry
from tests.api.test_proposals import made
from tests.browser.small import keep_rule
from tests.identity.api_writes import DRAFT, VARIABLES
from tests.model import world

CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
PROGRAM = {"X-Run-Registry-User": "p.program"}
COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}
#: the sentence of a refusal: who may not do what, and which groups may
NAMES_A_GROUP = re.compile(r"may not [^:]+: [\w.-]+(?: or [\w.-]+)* may\.")


def told_of_everything(
    client: FlaskClient, registry: Registry, column: str = "tracker-pixel", proposed: str = "tracker-strip"
) -> dict[str, Any]:
    """Tell of everything that could be written to; return what is known of it.

    Args:
        client: of a server that knows local users.
        column: whose verdict could be taken back.
        proposed: whose status a program proposes.
    """
    keep_rule(registry)
    world.report_run(registry, bits={"beam1_stable": [(1, 2, True), (3, 5, False), (6, 10, True)]})
    world.give(registry, world.EXPERT, column, [(1, 10)], "BAD")
    action = world.now(registry)
    cycle = {"name": "w1", "deadline": "2024-06-20", "datasets": [[world.RUN, world.PROMPT]]}
    view = {"name": "mine", "path": "/certify/tracker", "is_shared": True}
    for where, body, by in (
        ("proposals", made(column=proposed), PROGRAM),
        ("cycles", cycle, COORDINATOR),
        ("views", view, COORDINATOR),
        ("webhooks", {"url": "https://example.org/told"}, COORDINATOR),
    ):
        assert client.post(f"/api/v1/{where}", json=body, headers=by).status_code == 200, where
    draft = {**DRAFT, "seen": world.now(registry)}
    drafted = client.post("/api/v1/rules/p1/draft", json=draft, headers=COORDINATOR).json
    (proposal,) = client.get("/api/v1/proposals", headers=PROGRAM).json["proposals"]
    finding = client.get("/api/v1/findings", headers=PROGRAM).json["findings"][0]
    return {
        "action": action,
        "proposal": proposal["id"],
        "finding": finding["key"],
        "digest": finding["digest"],
        "draft_digest": drafted["digest"],
        "now": world.now(registry),
    }


def filled(said: Any, known: dict[str, Any]) -> Any:
    """Return a body with what is known in the place of each `{…}`."""
    if isinstance(said, dict):
        return {key: filled(value, known) for key, value in said.items()}
    if isinstance(said, list):
        return [filled(value, known) for value in said]
    if isinstance(said, str) and said.startswith("{") and said.endswith("}"):
        return known[said[1:-1]]
    return said.format(**known) if isinstance(said, str) and "{" in said else said


def address(rule: str, known: dict[str, Any]) -> str:
    """Return an address with something in the place of each variable."""
    for variable, value in VARIABLES.items():
        rule = rule.replace(variable, value.format(**known))
    return rule


def is_refused(status: int, text: str) -> bool:
    """Tell whether an answer refuses for want of a right, and names who has it."""
    return status == 403 and NAMES_A_GROUP.search(text) is not None


def is_batch_refused(answer: Any) -> bool:
    """Tell whether each edit of a batch is refused so, for it is answered one by one."""
    answers = answer.json["answers"]
    return bool(answers) and all(
        each["code"] == "forbidden" and NAMES_A_GROUP.search(each["message"]) for each in answers
    )
