"""The note that one shift leaves for the next."""

from model import rights
from model.authors import Author
from model.errors import Invalid
from model.events import DocumentSet
from model.journal import Transaction
from model.rights import Action

CATEGORY, NAME = "handover", "online"
_LONGEST = 4_000


def hand_over(tx: Transaction, words: str, by: Author) -> int:
    """Leave a note for the next shift; earlier ones stay readable.

    Raises:
        Invalid: nothing, or too much, is said.
        Forbidden: the author is on no shift.
    """
    rights.require(by, Action.HAND_OVER)
    if not (said := words.strip()):
        raise Invalid("A hand-over note says something.")
    if len(said) > _LONGEST:
        raise Invalid(f"A hand-over note has at most {_LONGEST:,} characters; this one has {len(said):,}.")
    return tx.record(DocumentSet(CATEGORY, NAME, {"words": said}), by)
