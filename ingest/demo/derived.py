"""An illustrative workspace of level PAG: what an analysis needs, derived from what others certify.

No PAG certifies data in the system in use, and no golden rule reads these columns.
"""

from collections.abc import Iterator, Mapping

from ingest.working_set.clauses import Logic, bit, either, every, status
from ingest.working_set.defaults import OFFLINE
from model.rulebook.texts import Purpose, RuleText

WORKSPACE = "higgs"
#: what each column is derived from: a channel needs these objects, and all of them
READS: Mapping[str, tuple[str, ...]] = {
    "higgs-diphoton": ("ecal-ecal", "ecal-es", "egamma-egamma", "tracker-track", "l1t-l1tcalo"),
    "higgs-fourlepton": ("egamma-egamma", "muon-muon", "tracker-track", "tracker-pixel", "l1t-l1tmu"),
}


def rules() -> dict[str, RuleText]:
    """Return the rules of the derived columns by name."""
    return dict(each for column, read in READS.items() for each in _of_column(column, read))


def _of_column(column: str, read: tuple[str, ...]) -> Iterator[tuple[str, RuleText]]:
    lost = either([*(status(c, "BAD") for c in read), bit("cms_active", False)])
    yield _rule(column, "BAD", 10, lost, "Illustrative: an object the channel needs is BAD, or CMS not active.")
    aside = either(status(c, word) for c in read for word in ("STANDBY", "EXCLUDED"))
    yield _rule(column, "STANDBY", 20, aside, "Illustrative: an object the channel needs stood by.")
    whole = every(status(c, "GOOD") for c in read)
    yield _rule(column, "GOOD", 30, whole, "Illustrative: every object the channel needs is GOOD.")


def _rule(column: str, value: str, priority: int, logic: Logic, words: str) -> tuple[str, RuleText]:
    # most bits of 2024 are blank
    text = RuleText(logic, "good", words, OFFLINE, Purpose.DERIVED_VERDICT, column, value, priority)
    return f"{column}-{value.lower()}", text
