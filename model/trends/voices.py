"""Whose word counts, by column: the rules', or a person's with, over or without them."""

from dataclasses import dataclass

import numpy as np

from model.accounting.ledger import Ledger
from model.frames.frames import Bools
from model.frames.variables import OVERRULED, VERDICT, VOICE, VOICES
from model.vocabulary import OFFLINE_COLUMNS, Status

#: one holds of each lumisection; a person agrees with the rule, differs from it, or there is none
KINDS = ("by rule", "person agrees", "person differs", "person alone", "nobody")
#: what a ledger must hold for it
WANTED = frozenset(layer + column for layer in (VERDICT, VOICE, OVERRULED) for column in OFFLINE_COLUMNS)


@dataclass(frozen=True)
class Voices:
    """Recorded luminosity of one column by whose word counts, in 1/pb of one calibration, as `KINDS`."""

    column: str
    invpb: tuple[float, ...]

    @property
    def automatic(self) -> float | None:
        """Return the share that no person had to look at; None where nothing was recorded."""
        whole = sum(self.invpb)
        return self.invpb[0] / whole if whole > 0 else None


def voices(found: Ledger, rows: Bools) -> tuple[Voices, ...]:
    """Return whose word counts on some segments, column by column."""
    return tuple(_column(found, column, rows) for column in OFFLINE_COLUMNS)


def _column(found: Ledger, column: str, rows: Bools) -> Voices:
    columns = found.frames.table.columns
    voice, under = columns[VOICE + column].codes[rows], columns[OVERRULED + column].codes[rows]
    status, is_person = columns[VERDICT + column].codes[rows], voice == VOICES.index("person")
    kind = np.full(len(voice), KINDS.index("nobody"))
    kind[voice == VOICES.index("rule")] = 0
    kind[is_person] = np.select(
        [under[is_person] == Status.EMPTY, under[is_person] == status[is_person]], [3, 1], 2
    )
    return Voices(column, tuple(np.bincount(kind, found.recorded[rows], len(KINDS)).tolist()))
