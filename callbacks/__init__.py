"""What a hand on the screen does: each callback reads, calls the core and draws."""

from callbacks import (
    board_page,
    bulk_page,
    certify_page,
    certify_panel,
    cycles_page,
    decide_page,
    era_map,
    filter_builder,
    golden_page,
    rule_editor,
    rules_page,
    run_page,
    runs_page,
    shell,
    why,
    work,
)

__all__ = [
    "board_page",
    "bulk_page",
    "certify_page",
    "certify_panel",
    "cycles_page",
    "decide_page",
    "era_map",
    "filter_builder",
    "golden_page",
    "rule_editor",
    "rules_page",
    "run_page",
    "runs_page",
    "shell",
    "why",
    "work",
]
