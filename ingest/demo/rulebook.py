"""What the demo's registry knows before its first run: columns, accepted datasets, rules, published lists."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from ingest.demo import derived
from ingest.demo.conditions import CALL_380649, CALL_381594, DATA, DCS_ONLY, read_ranges
from ingest.files import KINDS
from ingest.files.records import AcceptedDataset
from ingest.working_set import rules
from ingest.working_set.selections import EXPRESS, PROMPT, WINDOW
from model.authors import IMPORTER
from model.commands.documents import set_document
from model.commands.rules import set_rule
from model.journal import Transaction
from model.rulebook.texts import RuleText
from model.vocabulary import LOCAL_COLUMNS, OFFLINE_COLUMNS, ONLINE_COLUMNS, Level

Step = Callable[[Transaction], object]


def steps() -> Iterator[Step]:
    """Yield what is recorded before the first run."""
    yield from (_document("workspaces", name, body) for name, body in _workspaces().items())
    for name, rows in _accepted().items():
        yield _document("accepted-datasets", name, rows)
    for name, text in _rules().items():
        yield _rule(name, text)
    for path in (CALL_380649, CALL_381594, DCS_ONLY):
        lists = {str(run): [list(r) for r in spans] for run, spans in read_ranges(path).items()}
        yield _document("certification-list", path.stem, lists)


def _document(category: str, name: str, body: Any) -> Step:
    return lambda tx: set_document(tx, category, name, body, IMPORTER)


def _rule(name: str, text: RuleText) -> Step:
    return lambda tx: set_rule(tx, name, text, IMPORTER)


def _workspaces() -> dict[str, dict[str, Any]]:
    local = {ws: list(names) for ws, names in LOCAL_COLUMNS.items()}
    for column in derived.READS:
        local.setdefault(derived.WORKSPACE, []).append(column.partition("-")[2])
    return {
        "online": _by_workspace(ONLINE_COLUMNS),
        "offline": _by_workspace(OFFLINE_COLUMNS),
        "offline-local": local,
        "levels": {derived.WORKSPACE: Level.PAG.value},
    }


def _by_workspace(columns: tuple[str, ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in columns:
        workspace, name = column.split("-", 1)
        found.setdefault(workspace, []).append(name)
    return found


def _accepted() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for record in KINDS["accepted-datasets"].read(DATA / "gui_triggers.csv"):
        if isinstance(record, AcceptedDataset):
            row = {
                "patterns": list(record.patterns),
                "run_from": record.run_from,
                "run_to": record.run_to,
                "class": record.run_class,
                "enabled": record.enabled,
            }
            found.setdefault(record.name, []).append(row)
    return found


def _rules() -> dict[str, RuleText]:
    golden = json.loads((DATA / "dqmspace_golden_2022_call.json").read_text(encoding="utf-8"))
    dcs = json.loads((DATA / "dcsonly_collisions23.json").read_text(encoding="utf-8"))["logic"]
    muon = json.loads((DATA / "dqmspace_muon_2022_call.json").read_text(encoding="utf-8"))
    return {
        **rules(),
        **derived.rules(),
        "golden-2022-call": RuleText(golden, "bad", "A real golden logic of 2022, unchanged.", PROMPT),
        "golden-2022-call-moved": RuleText(
            moved(golden), "bad", "The same logic, its run window moved to 2024.", PROMPT
        ),
        "dcs-only-2023": RuleText(dcs, "bad", "A real DCS-only logic of 2023, unchanged.", EXPRESS),
        "dcs-only-2023-moved": RuleText(
            moved(dcs), "bad", "The same logic, its run window moved to 2024.", EXPRESS
        ),
        "muon-2022-call": RuleText(muon, "bad", "A real muon logic of 2022, unchanged.", PROMPT),
        "muon-2022-call-moved": RuleText(
            moved(muon), "bad", "The same logic, its run window moved to 2024.", PROMPT
        ),
    }


def moved(logic: dict[str, Any], window: tuple[int, int] = WINDOW) -> dict[str, Any]:
    """Return a logic with its run window, and nothing else, moved."""
    limit = {">=": window[0], "<=": window[1]}

    def clause(node: dict[str, Any]) -> dict[str, Any]:
        (operator, operands), *_ = node.items()
        if operator in limit and operands[0] == {"var": "run.oms.run_number"}:
            return {operator: [operands[0], limit[operator]]}
        return node

    return {"and": [clause(node) for node in logic["and"]]}
