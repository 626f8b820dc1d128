"""What a sitting of training is asked for, and the name it has in an address."""

import re
from dataclasses import dataclass

from model.errors import Invalid
from model.vocabulary import Stage

MOST_DATASETS, MOST_DAYS, MOST_DRAWS = 30, 3_650, 9_999
_NAME = re.compile(r"([a-z0-9]{1,40})-([a-z]{1,10})-(\d{1,4})d-(\d{1,3})-(\d{1,4})-(\d{1,15})", re.ASCII)


@dataclass(frozen=True)
class Question:
    """What a sitting is about; whoever asks the same gets the same datasets.

    Args:
        days: so many before the newest run that is signed off.
        size: how many datasets.
        draw: a number; each gives another selection.
        upto: sequence as of which a decision is final.
    """

    workspace: str
    stage: Stage
    days: int
    size: int
    draw: int
    upto: int

    @property
    def name(self) -> str:
        """Return the name it has in an address."""
        return f"{self.workspace}-{self.stage.value}-{self.days}d-{self.size}-{self.draw}-{self.upto}"


def question(workspace: str, stage: str, days: float, size: float, draw: float, upto: int) -> Question:
    """Return a question as a form asks it.

    Raises:
        Invalid: no such stage, or half a dataset.
    """
    if stage not in {each.value for each in Stage}:
        raise Invalid(f"“{stage}” is no stage; {', '.join(Stage)} are.")
    whole = int(days), int(size), int(draw)
    if whole != (days, size, draw):
        raise Invalid("Days, datasets and draw are whole numbers.")
    return Question(workspace, Stage(stage), *whole, upto)


def named(name: str) -> Question:
    """Return the question that an address names.

    Raises:
        Invalid: it names none.
    """
    found = _NAME.fullmatch(name)
    if not found or found[2] not in {stage.value for stage in Stage}:
        raise Invalid(f"“{name[:60]}” is no sitting, which reads like tracker-prompt-30d-10-1-18000.")
    asked = Question(found[1], Stage(found[2]), *map(int, found.groups()[2:]))
    require_sense(asked)
    return asked


def require_sense(asked: Question) -> None:
    """Let through a question that can be answered.

    Raises:
        Invalid: too many datasets, or no period.
    """
    if not 1 <= asked.size <= MOST_DATASETS:
        raise Invalid(f"A sitting has 1 to {MOST_DATASETS} datasets, not {asked.size}.")
    if not 1 <= asked.days <= MOST_DAYS:
        raise Invalid(f"A period has 1 to {MOST_DAYS} days, not {asked.days}.")
    if not 1 <= asked.draw <= MOST_DRAWS:
        raise Invalid(f"A draw is a number from 1 to {MOST_DRAWS}, not {asked.draw}.")
