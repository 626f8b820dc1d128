"""All that the page of trends shows, from one ledger; a plot is filtered by what was picked in the others."""

from dataclasses import dataclass
from math import fsum
from statistics import median

from sqlalchemy import Connection

from model.accounting.flow import Flow, Line, elsewhere, flow_of, line
from model.accounting.ledger import ledger
from model.accounting.losses import Losses, Opened, Split, losses, opened
from model.accounting.parts import Of
from model.frames import FrameStore
from model.frames.refs import DatasetRef
from model.trends import voices
from model.trends.agreement import Agreement, compared
from model.trends.band import Band, band
from model.trends.latency import latencies
from model.trends.plots import Bin, Plots, Point, named
from model.trends.question import View
from model.trends.voices import Voices

#: outliers that are named, and runs that a pick opens
MOST_NAMED, MOST_OPENED = 12, 60


@dataclass(frozen=True)
class Trends:
    """The plots of a view.

    Args:
        flow: by groups of runs that had any luminosity delivered, whatever was brushed; `total` is that of
            what was brushed.
        median_h: half of the datasets that are signed off took longer.
        opened: the costliest runs of what was picked, with their lumisections; `opened_runs` and
            `opened_invpb` are of all of them.
    """

    view: View
    points: tuple[Point, ...]
    band: Band | None
    outliers: tuple[Point, ...]
    flow: Flow
    total: Line
    losses: Losses
    causes: Losses
    latency: tuple[Bin, ...]
    median_h: float | None
    voices: tuple[Voices, ...]
    agreement: tuple[Agreement, ...]
    opened: tuple[Opened, ...]
    opened_runs: int
    opened_invpb: float


def trends(connection: Connection, store: FrameStore, view: View) -> Trends:
    """Return all plots of a view.

    Raises:
        NotFound: no run is asked about, or none of them has luminosity of the calibration.
        Ambiguous: a run has several datasets that match.
        Invalid: what was picked is no bar of this rule.
    """
    asked = view.question
    found = ledger(connection, store, asked, voices.WANTED)
    plots = Plots(found, view, latencies(connection, store.known, found.frames.units, asked.at))
    refs = [DatasetRef(unit.dataset_id, unit.run.run_number, unit.name) for unit in found.frames.units]
    stages = compared(connection, store, refs, asked.at)
    points = plots.points()
    usual = band([each.good for each in points], [each.processed_invpb for each in points], view.k)
    marked = named(points, usual)
    signed = plots.accounts(is_brushed=False)
    shown = [each for each in signed.accounts if each.delivered > 0]
    rows = opened(found, found.lost & plots.picked)
    hours = [each.hours for each in plots.chosen_latencies() if each.hours is not None]
    return Trends(
        view=view,
        points=marked,
        band=usual,
        outliers=_outliers(marked),
        flow=flow_of(signed, view.by, elsewhere(connection, found), shown),
        total=line("all", plots.accounts(is_brushed=True).accounts),
        losses=losses(Split(found, view.of, (), plots.losses_but_of(plots.part))),
        causes=losses(Split(found, Of.CAUSE, (), plots.losses_but_of(plots.cause))),
        latency=plots.bins(),
        median_h=median(hours) if hours else None,
        voices=voices.voices(found, plots.picked),
        agreement=stages.agreement(plots.units_of(plots.picked)),
        opened=rows[:MOST_OPENED],
        opened_runs=len(rows),
        opened_invpb=fsum(each.recorded_invpb for each in rows),
    )


def _outliers(points: tuple[Point, ...]) -> tuple[Point, ...]:
    chosen = sorted((each for each in points if each.is_outlier), key=lambda each: -each.lost_invpb)
    return tuple(chosen[:MOST_NAMED])
