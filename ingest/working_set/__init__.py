"""The rules a registry starts 2024 with: data for `set_rule`, each with its purpose in words.

What they ask follows the system in use (class and significance by keys and beams, verdicts by inclusion and
detector-control bits); experts change them on the rules page from then on.
"""

from collections.abc import Mapping

from ingest.working_set import defaults, online, runs, selections
from model.authors import IMPORTER
from model.commands.rules import set_rule
from model.journal import Transaction
from model.rulebook.book import rulebook
from model.rulebook.texts import RuleText


def rules() -> Mapping[str, RuleText]:
    """Return the working set by name, flags before what reads them."""
    return {**selections.rules(), **runs.rules(), **online.rules(), **defaults.rules()}


def install(tx: Transaction) -> int:
    """Keep every rule of the working set whose name is not taken; return how many those were."""
    kept = rulebook(tx.connection, tx.head.sequence).names
    missing = {name: text for name, text in rules().items() if name not in kept}
    for name, text in missing.items():
        set_rule(tx, name, text, IMPORTER)
    return len(missing)
