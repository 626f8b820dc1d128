"""Every callback that can come to write, pressed by somebody so that it would, but for the right."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components import (
    admin_page,
    certify_panel,
    consistency_page,
    cycles_page,
    datasets_page,
    filter_builder,
    golden_page,
    late_change,
    log_action,
    products,
    program_tokens,
    query_page,
    rights_page,
    rule_answers,
    rule_editor,
    run_actions,
    shell,
    webhooks,
)
from tests.identity.api_writes import EDIT
from tests.model.world import PROMPT, RUN

Known = dict[str, Any]
_CELL = {"dataset": PROMPT, "column": "tracker-pixel", "first": 1, "last": 3}


@dataclass(frozen=True)
class Press:
    """What is pressed, and with what the callback is called."""

    pressed: Any
    given: Callable[[Known], tuple[Any, ...]]
    named: Callable[[Known], dict[str, Any]] = lambda _: {}

    def prop(self, known: Known) -> str:
        """Return the property that was pressed, as Dash says it."""
        of = (
            {k: known.get(v, v) if isinstance(v, str) else v for k, v in self.pressed.items()}
            if (isinstance(self.pressed, dict))
            else self.pressed
        )
        return (
            f"{json.dumps(of, sort_keys=True, separators=(',', ':')) if isinstance(of, dict) else of}.n_clicks"
        )


def _selection(known: Known) -> Known:
    return {"run_number": RUN, "sequence": known["now"], "cells": [_CELL]}


def _item(known: Known) -> Known:
    item = {"key": "k", "kind": "undecided", "run_number": RUN, "dataset": PROMPT, "column": "tracker-pixel"}
    return {"sequence": known["now"], "is_past": False, "items": [{**item, "ranges": [[1, 3]]}]}


_ANSWER = {"do": "status", "key": "k", "n": 1, "index": 0, "status": "GOOD", "cause": "", "comment": ""}
_FORM = {
    "verb": "rows",
    "stage": "prompt",
    "columns": [],
    "replaces": False,
    "status": "GOOD",
    "cause": "",
    "comment": "",
}
_RULE = {
    "description": "mine",
    "purpose": "golden",
    "target": "",
    "value": "",
    "priority": "0",
    "null_policy": "bad",
    "datasets": "%",
    "enabled": True,
}

WRITES: dict[str, Press] = {
    "bulk_page.write_all": Press(
        "x",
        lambda known: (
            lambda _: None,
            1,
            f"{RUN},1,3,tracker-strip,GOOD,,",
            {"given": _FORM, "token": f"{known['now']}.x", "order": "o"},
        ),
    ),
    "certify_panel.apply_verdict": Press(
        certify_panel.APPLY, lambda known: ({"status": "GOOD", "apply": True}, 1, _selection(known), "", "")
    ),
    "certify_panel.choose_side": Press(
        "certify-panel-mine",
        lambda known: (1, None, {"edits": [EDIT], "theirs": [], "seen": known["now"]}, "", ""),
    ),
    "certify_panel.take_back": Press({"type": "certify-panel-undo", "sequence": "action"}, lambda _: ([1],)),
    "consistency_page.answer": Press(
        {"type": consistency_page.DO, "do": "acknowledge"},
        lambda known: ([1], "known", {"key": known["finding"], "digest": known["digest"]}),
    ),
    "cycles_page.make_cycle": Press(cycles_page.CREATE, lambda _: (1, "w2", "2024-06-20", 0.0, 0.0, "")),
    "cycles_page.change_one": Press(
        {"type": cycles_page.DO, "cycle": "w1", "workspace": "tracker", "do": "complete"},
        lambda _: ([1], [{"type": cycles_page.SAID, "cycle": "w1"}], [""], [""]),
    ),
    "datasets_page.keep_row": Press(
        datasets_page.KEEP, lambda _: (1, 0, None, "online", "Cosmics24", 1, 9, "^/x$", True, "new")
    ),
    "decide_page.answer_item": Press("decide-intent", lambda known: (_ANSWER, _item(known), [])),
    "filter_builder.drop_view": Press(
        {"type": filter_builder.DROP, "owner": "d.coordinator", "name": "mine"}, lambda _: ([1],)
    ),
    "golden_page.draft_golden": Press(
        {"type": golden_page.RULE_DRAFT, "rule": "golden-2024"}, lambda _: ([1], "?off=1")
    ),
    "handover.leave_note": Press("handover-leave", lambda _: (1, "all is well")),
    "late_change.answer_of_run": Press({"type": late_change.DO, "do": "accept"}, lambda _: ([1], [1], "")),
    "log_page.revert": Press(log_action.REVERT, lambda known: (1, known["action"])),
    "products.answer_proposal": Press(
        {"type": products.DO, "product": "p1", "do": "approve"}, lambda _: ([1], [], [])
    ),
    "products.propose": Press(
        products.PROPOSE, lambda _: (1, "golden", "golden-1", "", f"?rule=golden-2024&dataset={PROMPT}")
    ),
    "reports_page.make_report": Press("x", lambda _: (lambda _: None, 1, "week", "2024-W18", "", "")),
    "rule_editor.keep": Press(
        rule_editor.SAVE,
        lambda _: (),
        lambda known: {
            "name": "new-rule",
            "text": json.dumps({"==": [1, 1]}),
            "words": _RULE,
            "comment": "",
            "seen": {"at": known["now"], "name": "", "digest": ""},
            "_save": 1,
        },
    ),
    "rule_editor.test_rule": Press(
        rule_answers.TEST,
        lambda _: (),
        lambda known: {
            "clicks": 1,
            "pattern": PROMPT,
            "era": rule_answers.EVERY_ERA,
            "text": known["draft"],
            "words": _RULE,
            "seen": {"at": known["now"], "name": "drafted", "digest": ""},
        },
    ),
    "run_actions.act_on_run": Press(
        {"type": run_actions.DO, "do": run_actions.STOP_REASON},
        lambda known: ([1], {"run_number": RUN, "sequence": known["now"]}, "", "DAQ error", ""),
    ),
    "rights_page.apply_rights": Press(
        rights_page.APPLY,
        lambda known: (1, {"seen": known["now"], "may_edit": True, "groups": []}, [], [], "all of it"),
    ),
    "program_tokens.make_one": Press(program_tokens.MAKE, lambda _: (1, "dqm-ml", [], "", 90, "")),
    "program_tokens.revoke_one": Press({"type": program_tokens.REVOKE, "name": "dqm-ml"}, lambda _: ([1],)),
    "shell.take_action_back": Press({"type": shell.UNDO, "action": "action"}, lambda _: ([1],)),
    "webhooks.tell_address": Press(webhooks.ADD, lambda _: (1, "https://example.org/hook", "")),
    "webhooks.stop_address": Press({"type": webhooks.STOP, "webhook": 1}, lambda _: ([1],)),
    "webhooks.try_again": Press({"type": webhooks.AGAIN, "webhook": 1}, lambda _: ([1],)),
    "admin_page.apply_change": Press(
        admin_page.APPLY, lambda _: (1, "add-workspace", "higgs", "PAG", "", "", "", "a new one")
    ),
    "admin_page.keep_mark": Press(admin_page.KEEP_MARK, lambda _: (1, "call-9", "the week's end")),
    "query_page.drop_query": Press(
        {"type": query_page.DROP, "owner": "d.coordinator", "name": "mine"}, lambda _: ([1],)
    ),
}

#: callbacks that write what nobody needs a right for
NO_RIGHT = {
    "training_page.share": "shares a sitting of one's own, or makes it private again: it is no verdict",
    "training_page.remove": "takes one's own sitting away; tests/model/test_training.py of others",
    "filter_builder.keep_view": "keeps a view of one's own, which every person may",
    "query_page.keep_query": "keeps a query of one's own, which every person may",
}
