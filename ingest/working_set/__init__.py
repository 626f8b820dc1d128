"""The rules a registry starts 2024 with: data for `set_rule`, each with its purpose in words.

What they ask follows the system in use (class and significance by keys and beams, verdicts by inclusion and
detector-control bits); experts change them on the rules page from then on.
"""

from collections.abc import Mapping

from ingest.working_set import defaults, online, runs, selections
from model.rulebook.texts import RuleText


def rules() -> Mapping[str, RuleText]:
    """Return the working set by name, flags before what reads them."""
    return {**selections.rules(), **runs.rules(), **online.rules(), **defaults.rules()}
