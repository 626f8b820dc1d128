"""Illustrative verdicts for real conditions, made so that a published list follows from them.

The published lists decide which lumisections may be lost; why, to which column and in whose words is made
up from a seed. Nothing written states a result: the list follows only from all columns and bits together.

The measure of disagreement: over runs with all three datasets, the share of lumisections where online,
express and prompt do not give the same status to some column that all three have.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from types import MappingProxyType

from ingest.demo import people
from ingest.demo.acts import (
    Act,
    BitOverride,
    DatasetVerdicts,
    Demo,
    DemoDataset,
    RunConditions,
    Verdict,
)
from ingest.demo.losses import LOW_RUN_INVPB, Ledger, Story, put, seen_by_rule, share_out, side_losses
from ingest.demo.masks import NOT_ASKED, Run, spans_of
from ingest.demo.stages import (
    GOOD,
    appeared_at,
    dataset_name,
    diverge,
    ended_at,
    said_by_certifier,
    said_by_rules,
    said_by_shift,
    uncorrected,
)
from model.ranges import Ranges
from model.vocabulary import GLOBAL, OFFLINE_COLUMNS, Stage, State, workspace_of

__all__ = [
    "VERSION",
    "WINDOW",
    "Act",
    "BitOverride",
    "DatasetVerdicts",
    "Demo",
    "DemoDataset",
    "RunConditions",
    "Verdict",
    "generate",
]

VERSION = "1"
#: runs that the golden rule of the demo looks at
WINDOW = (378981, 381594)
#: prompt datasets that some workspaces have not decided at the end
LEFT_OPEN = 48
#: the last of these, whose tracks nobody has looked at either: what a tracker shifter finds to do
NO_TRACKS = 6
#: the last online datasets, of all runs and of those with collisions, are still being looked at
ONLINE_OPEN = 8
#: the last runs with collisions are decided offline, but nobody signed them off yet
UNSIGNED = 24
_UNDECIDED = (("egamma", "btag", "tau"), ("jetmet",), ("muon",), ("dc",))
_REASON = "DCS flags lag by one lumisection: high voltage was on, cluster occupancy nominal"


@dataclass(frozen=True)
class _Plan:
    """All that is decided before the first act is written."""

    runs: Sequence[Run]
    collisions: Sequence[Run]
    stories: Mapping[int, Story]
    differing: Mapping[Stage, Mapping[int, Story]]
    undecided: Mapping[int, frozenset[str]]


def generate(
    runs: Sequence[RunConditions],
    call_380649: Mapping[int, Ranges],
    call_381594: Mapping[int, Ranges],
    *,
    seed: int,
) -> Demo:
    """Return the demo's history for real conditions and two published lists; the same for the same seed.

    Args:
        call_380649: list of the earlier call: the later one, as far as its own last run.

    Raises:
        ValueError: a list has no run, or the earlier list is not the beginning of the later one.
    """
    _check(call_380649, call_381594)
    rng = Random(seed)
    plan = _planned(runs, call_381594, rng)
    acts: list[Act] = [act for run in plan.runs for act in _before_prompt(plan, run, rng)]
    first = _called(plan, range(max(call_380649) + 1), rng)
    second = _called(plan, range(max(call_380649) + 1, WINDOW[1] + 1), rng)
    acts += first + second
    acts += [act for run in plan.collisions if run.number > WINDOW[1] for act in _prompt(plan, run, rng)]
    labels = (_label_at(first), max(_label_at(first), _label_at(second)))
    return _parted(acts, labels, seed)


def _check(earlier: Mapping[int, Ranges], later: Mapping[int, Ranges]) -> None:
    if not earlier or not later:
        raise ValueError("a published list has no run")
    if {run: spans for run, spans in later.items() if run <= max(earlier)} != dict(earlier):
        raise ValueError("the earlier list is not the beginning of the later one")


def _planned(conditions: Sequence[RunConditions], kept: Mapping[int, Ranges], rng: Random) -> _Plan:
    runs = [Run(c, kept.get(c.run_number, ())) for c in sorted(conditions, key=lambda c: c.run_number)]
    collisions = [run for run in runs if run.has_collisions or run.kept]
    undecided = _left_open(collisions, rng)
    stories = {run.number: Story(seen_by_rule(run, run.lost)) for run in runs}
    ledger = Ledger()
    for run in collisions:
        ledger.charge(run, stories[run.number].by_rule)
    for run in collisions:
        if run.number not in undecided:
            share_out(run, stories[run.number], ledger, rng)
        side_losses(run, stories[run.number], rng)
    return _Plan(runs, collisions, stories, diverge(collisions, stories, rng), undecided)


def _left_open(collisions: Sequence[Run], rng: Random) -> dict[int, frozenset[str]]:
    """Choose runs of little luminosity: those outside the window, the last one, and some between."""
    small = [run.number for run in collisions if not run.kept and run.recorded_invpb < LOW_RUN_INVPB]
    chosen = [n for n in small if not WINDOW[0] <= n < WINDOW[1]]
    between = [n for n in small if n not in chosen]
    chosen += rng.sample(between, min(len(between), max(0, LEFT_OPEN - len(chosen))))
    out = {}
    for number in sorted(chosen):
        benches = rng.sample(_UNDECIDED, rng.randint(1, len(_UNDECIDED)))
        out[number] = frozenset(workspace for bench in benches for workspace in bench)
    return out | {number: out[number] | {"tracker"} for number in sorted(out)[-NO_TRACKS:]}


def _before_prompt(plan: _Plan, run: Run, rng: Random) -> Iterator[Act]:
    """Yield the acts on the online dataset and, with collisions, the express one."""
    last = {r.number for r in (*plan.runs[-ONLINE_OPEN:], *plan.collisions[-ONLINE_OPEN:])}
    state = State.OPEN if run.number in last else State.COMPLETED
    yield DemoDataset(
        run.number,
        dataset_name(run, Stage.ONLINE),
        MappingProxyType({GLOBAL: state}),
        run.conditions.started_at,
    )
    story = plan.differing[Stage.ONLINE].get(run.number, plan.stories[run.number])
    yield from said_by_rules(run, Stage.ONLINE, story)
    shifter = people.SHIFTERS[run.conditions.started_at.timetuple().tm_yday % len(people.SHIFTERS)]
    at = ended_at(run) + timedelta(minutes=rng.randint(3, 25))
    yield from said_by_shift(run, story, shifter, at)
    if story is plan.stories[run.number]:
        return
    story = plan.differing[Stage.EXPRESS][run.number]
    yield _offline(run, Stage.EXPRESS, frozenset())
    yield from said_by_rules(run, Stage.EXPRESS, story)
    for columns in _benches():
        at = appeared_at(run, Stage.EXPRESS) + timedelta(minutes=rng.randint(60, 1200))
        yield from said_by_certifier(run, Stage.EXPRESS, story, columns, at)


def _prompt(plan: _Plan, run: Run, rng: Random) -> Iterator[Act]:
    """Yield the acts on the prompt dataset; the word of data certification comes at the call."""
    undecided = plan.undecided.get(run.number, frozenset())
    story = plan.stories[run.number]
    unsigned = plan.collisions[-UNSIGNED].number if len(plan.collisions) >= UNSIGNED else 0
    everywhere = frozenset(workspace_of(c) for c in OFFLINE_COLUMNS) - _never_asked()
    yield _offline(run, Stage.PROMPT, everywhere if run.number >= unsigned else undecided)
    yield from said_by_rules(run, Stage.PROMPT, story)
    for columns in _benches():
        at = appeared_at(run, Stage.PROMPT) + timedelta(minutes=rng.randint(120, 4320))
        decided = [c for c in columns if workspace_of(c) not in undecided and c != "dc-lowlumi"]
        if "tracker-pixel" in decided:
            yield from _overridden(run, story, at - timedelta(minutes=30))
        yield from said_by_certifier(run, Stage.PROMPT, story, decided, at)


def _overridden(run: Run, story: Story, at: datetime) -> Iterator[BitOverride]:
    """Where the list keeps what a bit forbids, a person overrides the bits and corrects the columns."""
    kept = run.exists & ~run.lost
    if not (kept & run.any_false).any():
        return
    false = {bit: kept & run.is_false(bit) for bit in run.conditions.bits if bit != NOT_ASKED}
    for spans in dict.fromkeys(spans_of(mask) for mask in false.values() if mask.any()):
        bits = tuple(bit for bit, mask in false.items() if spans_of(mask) == spans)
        for column in uncorrected(run, story, spans):
            put(story.by_person, column, spans, replace(GOOD, comment=_REASON))
        name = dataset_name(run, Stage.PROMPT)
        yield BitOverride(run.number, name, spans, bits, True, _REASON, people.TRACKER_CERTIFIER, at)


def _called(plan: _Plan, numbers: range, rng: Random) -> list[Act]:
    """Return the prompt acts of a call's runs, and the word of data certification just before its label."""
    runs = [run for run in plan.collisions if run.number in numbers]
    acts: list[Act] = [act for run in runs for act in _prompt(plan, run, rng)]
    if not acts:
        return acts
    meeting = max(act.happened_at for act in acts) + timedelta(hours=1)
    for minute, run in enumerate(runs):
        if "dc" not in plan.undecided.get(run.number, ()):
            story, at = plan.stories[run.number], meeting + timedelta(minutes=minute)
            acts += said_by_certifier(run, Stage.PROMPT, story, ["dc-lowlumi"], at)
    return acts


def _label_at(acts: Sequence[Act]) -> datetime:
    latest = max((act.happened_at for act in acts), default=datetime.min.replace(tzinfo=UTC))
    return latest + timedelta(hours=1)


def _offline(run: Run, stage: Stage, undecided: frozenset[str]) -> DemoDataset:
    states = {workspace_of(c): State.COMPLETED for c in OFFLINE_COLUMNS}
    states |= {workspace_of(c): State.NOT_SIGNIFICANT for c in people.EXCLUDED_COLUMNS}
    states |= dict.fromkeys(sorted(undecided), State.OPEN)
    name, at = dataset_name(run, stage), appeared_at(run, stage)
    return DemoDataset(run.number, name, MappingProxyType(states), at)


def _never_asked() -> frozenset[str]:
    return frozenset(workspace_of(c) for c in people.EXCLUDED_COLUMNS)


def _benches() -> list[list[str]]:
    """Return the columns of each certifier."""
    return [[c for c in OFFLINE_COLUMNS if people.certifier_of(c) == who] for who in people.CERTIFIERS]


def _parted(acts: Sequence[Act], labels: tuple[datetime, datetime], seed: int) -> Demo:
    """Order acts by time and cut them at the labels."""
    ordered = sorted(acts, key=lambda act: (act.happened_at, act.run_number))
    first = tuple(act for act in ordered if act.happened_at <= labels[0])
    second = tuple(act for act in ordered if labels[0] < act.happened_at <= labels[1])
    after = tuple(act for act in ordered if act.happened_at > labels[1])
    return Demo(VERSION, seed, labels, first, second, after)
