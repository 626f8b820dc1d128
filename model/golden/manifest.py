"""The manifest of a golden list: all it takes to make the same bytes again."""

import re
from typing import Any

from model.golden import lists
from model.golden.golden import Golden, Question

VERSION = 1


def file_name(question: Question, golden: Golden) -> str:
    """Return what a list is called where it is kept: its rule, its era, its sequence, its digest."""
    about = (question.rule.name, question.within.era)
    named = [re.sub(r"[^\w.-]+", "_", word, flags=re.ASCII) for word in about if word]
    return "-".join([*named, f"d{question.at}", lists.sha256(golden.body)[:8]]) + ".json"


def manifest(question: Question, golden: Golden, journal_hash: bytes) -> dict[str, Any]:
    """Return data sequence with the journal's hash there, rule, luminosity source and the list's SHA-256."""
    rule = question.rule
    return {
        "manifest": VERSION,
        "sequence": question.at,
        "journal_hash": journal_hash.hex(),
        "rule": {"name": rule.name, "version": rule.version, "digest": rule.digest},
        "null_policy": rule.null_policy.value,
        "dataset": question.pattern,
        "within": question.within.document(),
        "several": question.several,
        "luminosity_source": golden.source,
        "recorded_invpb": round(golden.recorded_invpb, 6),
        "delivered_invpb": round(golden.delivered_invpb, 6),
        "runs": len(golden.lists),
        "lumisections": golden.lumisections,
        "unknown_lumisections": golden.unknown,
        "sha256": lists.sha256(golden.body),
    }
