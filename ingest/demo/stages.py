"""From stories to acts: what each voice says of the online, express and prompt dataset of a run."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from random import Random

import numpy as np

from ingest.demo import people
from ingest.demo.acts import DatasetVerdicts, Verdict
from ingest.demo.losses import Cells, Mark, Story, alarm, covered, put
from ingest.demo.masks import Run
from ingest.demo.times import LUMISECTION_S
from model.ranges import LumisectionRange, Ranges, canonical, count, subtract
from model.vocabulary import OFFLINE_COLUMNS, ONLINE, ONLINE_COLUMNS, Stage, Status

#: share of lumisections on which online, express and prompt do not say the same
DISAGREEMENT = 0.02
COMMON_COLUMNS = tuple(c for c in ONLINE_COLUMNS if c in OFFLINE_COLUMNS)
GOOD = Mark(Status.GOOD, "", "")
NOT_READ_OUT = Mark(Status.EXCLUDED, "excluded from run", "not read out in 2024")
NO_BEAM = Mark(Status.EXCLUDED, "excluded from run", "no collisions")


def dataset_name(run: Run, stage: Stage) -> str:
    """Return the name of a run's dataset; the era is part of prompt names only."""
    era = run.conditions.era
    names = {
        Stage.EXPRESS: f"/Express/Collisions{era[:4]}/DQM",
        Stage.PROMPT: f"/PromptReco/Collisions{era}/DQM",
    }
    return names.get(stage, ONLINE)


def ended_at(run: Run) -> datetime:
    """Return when the last lumisection ended, by the run's start and 23.31 s a lumisection."""
    last = run.conditions.lumisections[-1].last
    return run.conditions.started_at + timedelta(seconds=round(last * LUMISECTION_S))


def appeared_at(run: Run, stage: Stage) -> datetime:
    """Return when a run's dataset appeared: at once, an hour or two days later."""
    if stage is Stage.ONLINE:
        return run.conditions.started_at
    return ended_at(run) + timedelta(hours=1 if stage is Stage.EXPRESS else 48)


def said_by_rules(run: Run, stage: Stage, story: Story) -> Iterator[DatasetVerdicts]:
    """Yield what rules say: columns with bits everywhere, the others too before prompt."""
    columns = ONLINE_COLUMNS if stage is Stage.ONLINE else OFFLINE_COLUMNS
    by_bits = [c for c in columns if c in people.BIT_COLUMNS]
    others = [c for c in columns if c not in people.BIT_COLUMNS]
    if stage is Stage.PROMPT:
        others = [c for c in others if c in people.EXCLUDED_COLUMNS]
    at = max(ended_at(run), appeared_at(run, stage) + timedelta(minutes=10))
    for author, chosen in ((people.DCS_RULE, by_bits), (people.BASELINE_RULE, others)):
        said = [v for c in chosen for v in _column(run, c, story.by_rule, _base(run, c))]
        yield DatasetVerdicts(run.number, dataset_name(run, stage), author, False, at, tuple(said))


def said_by_shift(run: Run, story: Story, author: str, at: datetime) -> Iterator[DatasetVerdicts]:
    """Yield a shifter's corrections of the online dataset, if there are any."""
    said = [v for c in ONLINE_COLUMNS for v in _column(run, c, story.by_person, None)]
    if said:
        yield DatasetVerdicts(run.number, ONLINE, author, True, at, tuple(said))


def said_by_certifier(
    run: Run, stage: Stage, story: Story, columns: Iterable[str], at: datetime
) -> Iterator[DatasetVerdicts]:
    """Yield one person's word on her columns: corrections, and in prompt the whole of what no rule covers."""
    said: list[Verdict] = []
    author = ""
    for column in columns:
        author = people.certifier_of(column)
        ruled = column in people.BIT_COLUMNS or column in people.EXCLUDED_COLUMNS
        base = GOOD if stage is Stage.PROMPT and not ruled else None
        said += _column(run, column, story.by_person, base)
    if said:
        yield DatasetVerdicts(run.number, dataset_name(run, stage), author, True, at, tuple(said))


def _base(run: Run, column: str) -> Mark:
    if column in people.EXCLUDED_COLUMNS:
        return NOT_READ_OUT
    return NO_BEAM if column in people.BEAM_COLUMNS and not run.has_collisions else GOOD


def _column(run: Run, column: str, cells: Cells, base: Mark | None) -> list[Verdict]:
    """Return a column's marks over a base, stretches that say the same in one verdict."""
    spans: dict[Mark, list[LumisectionRange]] = {}
    for span, mark in cells.get(column, []):
        spans.setdefault(mark, []).append(span)
    marked = canonical(span for group in spans.values() for span in group)
    if base and (rest := subtract(run.conditions.lumisections, marked)):
        spans = {base: [*rest], **spans}
    return [
        Verdict(column, canonical(group), mark.status, mark.cause, mark.comment)
        for mark, group in spans.items()
    ]


def diverge(runs: Sequence[Run], stories: Mapping[int, Story], rng: Random) -> dict[Stage, dict[int, Story]]:
    """Return what online and express had said, differing from prompt on a small share of lumisections."""
    said = {
        stage: {run.number: deepcopy(stories[run.number]) for run in runs}
        for stage in (Stage.ONLINE, Stage.EXPRESS)
    }
    total = sum(count(run.conditions.lumisections) for run in runs)
    weights = [count(run.conditions.lumisections) for run in runs]
    differing = {run.number: np.zeros_like(run.exists) for run in runs}
    done = 0
    while runs and done < DISAGREEMENT * total:
        run = rng.choices(runs, weights)[0]
        story = said[rng.choice((Stage.ONLINE, Stage.ONLINE, Stage.EXPRESS))][run.number]
        if span := _missed(story, rng) or alarm(run, rng.choice(COMMON_COLUMNS[1:]), story, rng):
            done -= int(differing[run.number].sum())
            differing[run.number] |= run.mask([span])
            done += int(differing[run.number].sum())
    return said


def _missed(story: Story, rng: Random) -> LumisectionRange | None:
    """Take back the first part of an incident: nobody had seen it yet."""
    marks = [
        (column, span)
        for column in COMMON_COLUMNS
        for span, _ in story.by_person.get(column, [])
        if span.last - span.first > 5
    ]
    if not marks or rng.random() < 0.4:
        return None
    column, span = rng.choice(marks)
    taken = LumisectionRange(span.first, min(span.last, span.first + rng.randint(4, 40)))
    put(story.by_person, column, (taken,), None)
    return taken


def uncorrected(run: Run, story: Story, spans: Ranges) -> list[str]:
    """Return the columns that a rule marks on lumisections whose bits a person overrides."""
    return [c for c in story.by_rule if (covered(run, story.by_rule, [c]) & run.mask(spans)).any()]
