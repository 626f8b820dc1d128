"""What the demo's registry knows before its first run: columns, accepted datasets, rules, published lists."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ingest.demo.acts import RunConditions
from ingest.demo.conditions import CALL_380649, CALL_381594, DATA, DCS_ONLY, read_ranges
from ingest.files import KINDS
from ingest.files.records import AcceptedDataset
from model.authors import IMPORTER
from model.commands.documents import set_document
from model.commands.rules import RuleText, set_rule
from model.journal import Transaction
from model.vocabulary import BEAM_BITS, LOCAL_COLUMNS, OFFLINE_COLUMNS, ONLINE_COLUMNS

Step = Callable[[Transaction], object]
CLASS_RULE = "rule:class-2024@1 (illustrative)"
WINDOW = (378981, 381594)
PROMPT = "/PromptReco/Collisions2024%/DQM"
EXPRESS = "/Express/Collisions2024/DQM"

_TRACKER_ECAL = (
    "bpix_ready fpix_ready tibtid_ready tob_ready tecp_ready tecm_ready ebm_ready ebp_ready eem_ready "
    "eep_ready esm_ready esp_ready"
).split()
_GOLDEN_COLUMNS = (
    "l1t-l1t l1t-l1tmu l1t-l1tcalo hlt-hlt tracker-pixel tracker-strip tracker-track ecal-ecal ecal-es "
    "hcal-hcal egamma-egamma jetmet-jetmet muon-muon csc-csc dt-dt rpc-rpc lumi-lumi dc-lowlumi"
).split()


def class_of(run: RunConditions) -> str:
    """Return Collisions24 where luminosity was recorded or beams were stable, else Commissioning24."""
    stable = any(value for _, _, value in run.bits.get("beam1_stable", ()))
    return "Collisions24" if stable or _recorded(run) > 0.01 else "Commissioning24"


def is_significant(run: RunConditions) -> bool:
    """Return whether shifters look at the run."""
    return class_of(run) == "Collisions24"


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


def _workspaces() -> dict[str, dict[str, list[str]]]:
    return {
        "online": _by_workspace(ONLINE_COLUMNS),
        "offline": _by_workspace(OFFLINE_COLUMNS),
        "offline-local": {ws: list(names) for ws, names in LOCAL_COLUMNS.items()},
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
        "golden-2024": RuleText(_golden_2024(), "good", "The demo's golden rule of 2024.", PROMPT, "golden"),
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


def _golden_2024() -> dict[str, Any]:
    number = {"var": "run.run_number"}
    bits = ["cms_active", *BEAM_BITS, *_TRACKER_ECAL]
    return {
        "and": [
            {"==": [{"var": "run.rr.class"}, "Collisions24"]},
            {">=": [number, WINDOW[0]]},
            {"<=": [number, WINDOW[1]]},
            {">=": [{"var": "run.oms.energy"}, 6500]},
            {"<=": [{"var": "run.oms.energy"}, 7000]},
            {">=": [{"var": "run.oms.b_field"}, 3.7]},
            *({"==": [{"var": f"lumisection.oms.{bit}"}, True]} for bit in bits),
            *({"==": [{"var": f"lumisection.rr.{column}"}, "GOOD"]} for column in _GOLDEN_COLUMNS),
        ]
    }


def _recorded(run: RunConditions) -> float:
    return float(np.nansum(run.recorded_lumi_invpb))
