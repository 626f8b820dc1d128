"""A certification JSON as verdicts: one status on what it lists, perhaps another on the rest of those runs."""

import json
from dataclasses import dataclass

from model.bulk.cells import as_edit
from model.bulk.fresh import Asked
from model.bulk.rows import LONGEST, MOST_ROWS, Problem
from model.bulk.snapshot import Snapshot, the_dataset
from model.commands.verdicts import VerdictEdit
from model.errors import Invalid, RunRegistryError
from model.products.reading import ranges_of, run_of
from model.ranges import Ranges, subtract
from model.vocabulary import Stage


@dataclass(frozen=True)
class Words:
    """What is said: a status with its reason."""

    status: str
    cause: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Listed:
    """A certification JSON for one stage of its runs.

    Args:
        outside: of the lumisections that it does not list, in the runs that it names; None leaves them.
        replaces: also where somebody decided already; else only what is open is filled.
    """

    text: str
    stage: Stage
    columns: tuple[str, ...]
    inside: Words
    outside: Words | None = None
    replaces: bool = False


def of_list(now: Snapshot, wish: Listed) -> tuple[list[Asked], list[Problem]]:
    """Return the edits of a list, and the runs that cannot be written."""
    lists, problems = read_list(wish.text)
    now.load(lists)
    asked: list[Asked] = []
    for run, listed in lists.items():
        try:
            name = the_dataset(now, run, wish.stage)
        except RunRegistryError as error:
            problems.append(Problem(0, str(error)))
            continue
        rest = subtract(now.lumisections(run), listed)
        for ranges, words in ((listed, wish.inside), (rest, wish.outside)):
            if ranges and words is not None:
                said = (words.status.upper(), words.cause, words.comment)
                edit = VerdictEdit(run, name, wish.columns, as_edit(ranges), *said)
                asked.append(Asked(0, edit, keeps=not wish.replaces))
    return asked, problems


def read_list(text: str) -> tuple[dict[int, Ranges], list[Problem]]:
    """Return the ranges of each run of a certification JSON, and what in it is none.

    Raises:
        Invalid: it is no JSON object of runs, or too long.
    """
    if len(text) > LONGEST:
        raise Invalid(f"A certification JSON has at most {LONGEST:,} characters here.")
    try:
        loaded = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=tuple)
    except json.JSONDecodeError as error:
        raise Invalid(f"This is no JSON: {error.msg} in line {error.lineno}.") from error
    except (ValueError, RecursionError) as error:
        raise Invalid(
            "This is no certification JSON: it is nested too deep, or a number is too long."
        ) from error
    if not isinstance(loaded, tuple) or not loaded:
        raise Invalid('A certification JSON looks like {"381543": [[1, 100]]}.')
    if len(loaded) > MOST_ROWS:
        raise Invalid(f"A certification JSON has at most {MOST_ROWS:,} runs.")
    found: dict[int, Ranges] = {}
    problems: list[Problem] = []
    for key, ranges in loaded:
        try:
            run = run_of(key, found)
            found[run] = ranges_of(key, ranges)
        except Invalid as error:
            problems.append(Problem(0, str(error)))
    return found, problems
