"""Every address of the API that is asked with a body: what writes, with which body; what needs no right."""

from typing import Any

from tests.model.world import PROMPT, RUN

EDIT = {
    "run_number": RUN,
    "dataset": PROMPT,
    "columns": ["tracker-pixel"],
    "ranges": [[1, 3]],
    "status": "GOOD",
}
_LIST = {"rule": "golden-2024", "dataset": PROMPT}
_MOVE = {"from_state": "OPEN", "to_state": "SIGNOFF", "seen": "{now}"}
#: a rule that somebody proposes
DRAFT = {
    "logic": {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]},
    "null_policy": "bad",
    "purpose": "golden",
}
_OF_CLASSIC = {"run_number": RUN}
_RANGE = {"start": 1, "end": 2, "status": "GOOD", "cause": "", "comment": ""}

#: a batch of edits is answered one by one
BATCH = "/api/v1/grid/edits"
#: address → body of a write that is sound but for the right; `{…}` is filled from what the test knows
WRITES: dict[str, dict[str, Any]] = {
    "/api/v1/accepted-datasets": {
        "name": "online",
        "rows": [],
        "seen": "{now}",
    },
    "/api/v1/bits": {
        "bit": "bpix_ready",
        "value": True,
        "datasets": [{"run_number": RUN, "dataset": PROMPT}],
        "comment": "looked at it",
        "seen": "{now}",
    },
    "/api/v1/bulk/apply": {
        "set_cells": {"datasets": {"names": [[RUN, PROMPT]]}, "columns": ["tracker-strip"], "status": "GOOD"},
        "token": "{now}.x",
    },
    "/api/v1/cycles": {"name": "week 1", "deadline": "2024-06-20", "datasets": [[RUN, PROMPT]]},
    "/api/v1/cycles/<string:name>": {
        "deadline": "2024-06-21",
        "datasets": [[RUN, PROMPT]],
        "seen": "{now}",
    },
    "/api/v1/cycles/<string:name>/completion": {"workspace": "tracker"},
    "/api/v1/findings/acknowledge": {
        "finding": "{finding}",
        "digest": "{digest}",
        "reason": "known",
    },
    "/api/v1/findings/take-back": {"finding": "{finding}"},
    "/api/v1/findings/correct": {
        "finding": "{finding}",
        "digest": "{digest}",
        "reason": "known",
        "value": True,
    },
    BATCH: {
        "edits": [
            {
                "key": "a",
                "seen": "{now}",
                "cells": [{"run_number": RUN, "dataset": PROMPT, "columns": ["tracker-pixel"]}],
                "status": "GOOD",
            }
        ]
    },
    "/api/v1/late-changes/answer": {"late_change": 1, "accepted": True},
    "/api/v1/products": {**_LIST, "name": "golden-1", "series": "golden"},
    "/api/v1/products/<name>/approve": {},
    "/api/v1/products/<name>/withdraw": {"reason": "not right"},
    "/api/v1/proposals": {
        "datasets": [
            {
                "run_number": RUN,
                "dataset": PROMPT,
                "program": "ae",
                "version": "1",
                "proposals": [{"column": "tracker-strip", "ranges": [[5, 6]], "status": "BAD"}],
            }
        ]
    },
    "/api/v1/proposals/answer": {"ids": ["{proposal}"], "accepted": True, "seen": "{now}"},
    "/api/v1/reports": {"kind": "week", "scope": "2024-W18"},
    "/api/v1/rules/<name>/draft": {**DRAFT, "seen": "{now}"},
    "/api/v1/rules/<name>/backtest": {"dataset": PROMPT, "seen": "{now}"},
    "/api/v1/rules/<name>/activate": {"digest": "{draft_digest}", "seen": "{now}"},
    "/api/v1/rules/<name>/withdraw": {"seen": "{now}"},
    "/api/v1/snapshots": {},
    "/api/v1/verdicts": {"edits": [EDIT], "seen": "{now}"},
    "/api/v1/actions/<int:action>/undo": {},
    "/api/v1/views/removal": {"owner": "d.coordinator", "name": "mine"},
    "/api/v1/webhooks": {"url": "https://example.org/hook"},
    "/api/v1/webhooks/<int:number>/stop": {},
    "/api/v1/webhooks/<int:number>/again": {},
    "/api/v1/runs/<int:run_number>/hidden": {"dataset": PROMPT, "comment": "a test", "seen": "{now}"},
    "/api/v1/runs/<int:run_number>/attributes": {"attributes": {"class": "Cosmics24"}, "seen": "{now}"},
    "/api/v1/runs/<int:run_number>/reset": {"seen": "{now}"},
    "/api/v1/runs/<int:run_number>/refresh": {},
    "/api/v1/runs/<int:run_number>/state": _MOVE,
    "/api/v1/runs/<int:run_number>/dataset-state": {**_MOVE, "dataset": PROMPT, "workspace": "tracker"},
    "/api/v1/runs/<int:run_number>/everywhere": {"dataset": PROMPT, "to_state": "SIGNOFF", "seen": "{now}"},
}

#: the published client's own addresses, with their methods; they are answered under /api, too
CLASSIC_WRITES: dict[str, tuple[str, dict[str, Any]]] = {
    "/runs/mark_significant": ("POST", _OF_CLASSIC),
    "/runs/move_run/<from_state>/<to_state>": ("POST", _OF_CLASSIC),
    "/runs/refresh_run/<number>": ("POST", {}),
    "/runs/reset_and_refresh_run/<number>": ("POST", {}),
    "/manual_run_edit/<number>/class": ("PUT", {"class": "Cosmics24"}),
    "/lumisections/edit_rr_lumisections": (
        "PUT",
        {**_OF_CLASSIC, "dataset_name": PROMPT, "component": "tracker-pixel", "new_lumisection_range": _RANGE},
    ),
    "/datasets/<workspace>/move_dataset/<from_state>/<to_state>": (
        "POST",
        {**_OF_CLASSIC, "dataset_name": PROMPT, "workspace": "tracker"},
    ),
}

_RULE = "a rule or a list is too long for an address: evaluates and answers"
#: address → why nobody needs a right for it
NO_RIGHT: dict[str, str] = {
    "/api/v1/accepted-datasets/test": "tries patterns on names",
    "/api/v1/bulk/plan": "a dry run: reads, and says what would be written",
    "/api/v1/golden-json": _RULE,
    "/api/v1/golden-json/manifest": _RULE,
    "/api/v1/golden-json/several": _RULE,
    "/api/v1/lists/and": _RULE,
    "/api/v1/lists/or": _RULE,
    "/api/v1/lists/minus": _RULE,
    "/api/v1/lists/filter": _RULE,
    "/api/v1/lists/compare": _RULE,
    "/api/v1/products/verify": "recognises a file",
    "/api/v1/query": "a SELECT over a snapshot, in a process that can only read",
    "/api/v1/rules/evaluate": _RULE,
    "/api/v1/rules/explain": _RULE,
    "/api/v1/rules/check": _RULE,
    "/api/v1/training/answers": "lays answers over what rules said, and records nothing",
    "/api/v1/training/sittings": "writes a sitting of one's own, which every person may: it is no verdict",
    "/api/v1/views": "writes a view of one's own, which every person may: it says nothing about data",
    "/json_portal/generate": "the list is evaluated and kept in the cache",
    "/json_portal/json": "reads a list that was asked for",
    "/json_creation/generate": _RULE,
    "/lumisections/rr_lumisections": "the published client reads by POST",
    "/lumisections/oms_lumisections": "the published client reads by POST",
    "/lumisections/rr_lumisection_ranges": "the published client reads by POST",
    "/lumisections/rr_lumisection_ranges_by_component": "the published client reads by POST",
    "/lumisections/oms_lumisection_ranges": "the published client reads by POST",
    "/lumisections/joint_lumisection_ranges": "the published client reads by POST",
    "/runs_filtered_ordered": "the published client reads by POST",
    "/datasets_filtered_ordered": "the published client reads by POST",
    "/_dash-update-component": "the callbacks of pages: each is looked at by itself",
}
#: what stands for the variables of an address
VARIABLES = {
    "<string:name>": "w1",
    "<name>": "p1",
    "<int:action>": "{action}",
    "<int:number>": "1",
    "<int:run_number>": str(RUN),
    "<number>": str(RUN),
    "<from_state>": "OPEN",
    "<to_state>": "SIGNOFF",
    "<workspace>": "tracker",
}
