"""What this OMS has at a moment of the replay, as rows of its resources."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from simulators.oms.fill import LS_S, PER_LS, Attributes, FillRun, Lumisection

INVPB, INVUB = "pb^{-1}", "{\\mu}b^{-1}"
#: OMS writes small runs in another unit; this is where this stand-in changes it, 1/pb
_SMALL_INVPB = 0.1
_COMPONENTS = "CSC CTPPS DAQ DCS DQM DT ECAL ES GEM HCAL HF PIXEL RPC SCAL TCDS TRACKER TRG".split()
_CONDITIONS: Mapping[str, Any] = {
    "b_field": 3.8,
    "energy": 6800.0,
    "components": _COMPONENTS,
    "components_out": ["CASTOR"],
    "sequence": "GLOBAL-RUN",
    "clock_type": "LHC",
    "fill_type_runtime": "PROTONS",
    "fill_type_party1": "PROTON",
    "fill_type_party2": "PROTON",
    "hlt_key": "/cdaq/physics/Run2024/2e34/v1.0.0/HLT/V1",
    "l1_key": "collisions2024/v1",
    "l1_menu": "L1Menu_Collisions2024_v1_0_0",
    "l1_hlt_mode": "collisions2024",
    "cmssw_version": "CMSSW_14_0_4",
    "tier0_transfer": True,
}


@dataclass
class Rows:
    """A run as OMS shows it: its own attributes, and lumisections by number."""

    source: FillRun
    attributes: Attributes
    lumisections: dict[int, Attributes] = field(default_factory=dict)
    synthetic: list[str] = field(default_factory=list)
    version: int = 0

    @property
    def scale(self) -> tuple[str, float]:
        """Return the unit of this run's luminosities, and how many of it are 1/pb."""
        total = sum(one.attributes[PER_LS[1]] or 0.0 for one in self.source.lumisections)
        return (INVPB, 1.0) if total >= _SMALL_INVPB else (INVUB, 1e6)


_FILL: Mapping[str, Any] = {
    "fill_number": None,
    "fill_type_runtime": "PROTONS",
    "injection_scheme": None,
    "energy": 6800.0,
    "era": "2024B",
    "first_run_number": None,
    "last_run_number": None,
    "start_time": None,
    "end_time": None,
}
#: attributes of a run that are not known when it begins
_LATER = (
    "init_lumi end_lumi l1_rate initial_prescale_index last_update last_lumisection_number stable_beam "
    "delivered_lumi recorded_lumi"
).split()
Step = tuple[float, Callable[[], None]]


class Store:
    """Runs and lumisections that were published so far; `advance` publishes what is due.

    Args:
        started_at: when the fill began, in the time of the replay.
        clock: when a run is said to have been updated; the time of the replay where not given.
    """

    def __init__(
        self,
        runs: Sequence[FillRun],
        started_at: datetime,
        late_after_s: float,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self._clock = clock
        self.started_at = started_at
        self.now_s = 0.0
        self.runs: dict[int, Rows] = {}
        self._fill = runs[0].lumisections[0].attributes["fill_number"]
        self.ends_s = max(run.ends_s for run in runs)
        self.known = _known(self, runs[0])
        self._steps: list[Step] = sorted(self._plan(runs, late_after_s), key=itemgetter(0))
        self._done = 0
        self._sums = dict.fromkeys(("delivered_lumi", "recorded_lumi"), 0.0)

    @property
    def remaining(self) -> int:
        """How many steps of the replay are still to come."""
        return len(self._steps) - self._done

    def advance(self, to_s: float) -> None:
        """Publish everything that is due by a time of the replay."""
        while self._done < len(self._steps) and self._steps[self._done][0] <= to_s:
            self.now_s = self._steps[self._done][0]
            self._steps[self._done][1]()
            self._done += 1
        self.now_s = max(self.now_s, to_s)

    def step(self, count: int) -> None:
        """Publish the next steps, whenever they are due."""
        for due_s, _ in self._steps[self._done : self._done + count]:
            self.advance(due_s)

    def rows(self, resource: str, run_number: int | None = None) -> list[Attributes]:
        """Return the rows of a resource, of one run where only that is asked for."""
        if resource == "fills":
            return [self._fill_row()] if self.runs else []
        if resource == "eras":
            own = {"start_time": self.moment(0.0), "end_time": None}
            return [{"name": "2024B", "start_run": min(self.runs, default=None), "end_run": None, **own}]
        chosen = [self.runs[n] for n in sorted(self.runs) if run_number in (None, n)]
        if resource == "runs":
            return [each.attributes for each in chosen]
        return [row for each in chosen for _, row in sorted(each.lumisections.items())]

    def units(self, resource: str, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the units of a row's attributes, where OMS gives some."""
        if resource not in ("runs", "lumisections"):
            return {}
        unit, _ = self.runs[row["run_number"]].scale
        names = ("delivered_lumi", "recorded_lumi", *(PER_LS if resource == "lumisections" else ()))
        return dict.fromkeys(names, unit) | dict.fromkeys(("init_lumi", "end_lumi"), "10^{34}cm^{-2}s^{-1}")

    def touch(self, run: Rows) -> None:
        """Let the run's totals and its last update follow its lumisections."""
        run.version += 1
        numbers = sorted(run.lumisections)
        told = run.attributes
        told["last_update"] = _written(self._clock()) if self._clock else self.moment(self.now_s)
        told["last_lumisection_number"] = numbers[-1] if numbers else None
        told["stable_beam"] = any(row["beams_stable"] for row in run.lumisections.values())
        for total, name in zip(self._sums, PER_LS, strict=True):
            told[total] = sum(row[name] or 0.0 for row in run.lumisections.values())

    def run_row(self, run: FillRun) -> Attributes:
        """Return a run as it begins."""
        said = f"replay of run {run.real_number}; energy, field, keys, components assumed"
        own = {"run_number": run.number, "fill_number": self._fill, "era": "2024B", "trigger_mode": said}
        times = {"start_time": self.moment(run.starts_s), "end_time": None, "duration": None}
        return {**_CONDITIONS, **own, **times, **dict.fromkeys(_LATER)}

    def lumisection_row(self, run: FillRun, one: Lumisection) -> Attributes:
        """Return a lumisection as OMS gives it first, in 1/pb."""
        times = {"start_time": self.moment(self.now_s - LS_S), "end_time": self.moment(self.now_s)}
        rates = dict.fromkeys(("init_lumi", "end_lumi"))
        return {"run_number": run.number, **one.attributes, **one.earlier, **times, **rates}

    def moment(self, at_s: float) -> str:
        """Write a time of the replay as OMS does."""
        return _written(self.started_at + timedelta(seconds=at_s))

    def _plan(self, runs: Sequence[FillRun], late_after_s: float) -> Iterator[Step]:
        for run in runs:
            yield run.starts_s, partial(self._begin, run)
            for one in run.lumisections:
                yield run.due_s(one), partial(self._publish, run, one)
            yield run.ends_s + 1, partial(self._end, run)
            yield run.ends_s + late_after_s, partial(self._correct, run)

    def _begin(self, run: FillRun) -> None:
        self.runs[run.number] = Rows(run, self.run_row(run))
        self.touch(self.runs[run.number])

    def _publish(self, run: FillRun, one: Lumisection) -> None:
        rows = self.runs[run.number]
        row = self.lumisection_row(run, one)
        # sums of the fill at the lumisection's start
        row |= {name: self._sums[name] * rows.scale[1] for name in self._sums}
        for name, of_one in zip(self._sums, PER_LS, strict=True):
            self._sums[name] += row[of_one] or 0.0
        rows.lumisections[one.number] = _scaled(row, rows.scale[1])
        self.touch(rows)

    def _end(self, run: FillRun) -> None:
        told = self.runs[run.number].attributes
        told["end_time"] = self.moment(self.now_s)
        told["duration"] = round(self.now_s - run.starts_s)
        self.touch(self.runs[run.number])

    def _correct(self, run: FillRun) -> None:
        """Give the luminosities that OMS gave later; they are real."""
        rows = self.runs[run.number]
        late = [one for one in run.lumisections if one.earlier and one.number in rows.lumisections]
        for one in late:
            final = {name: one.attributes[name] for name in PER_LS}
            rows.lumisections[one.number] |= _scaled(final, rows.scale[1])
        if late:
            self.touch(rows)

    def _fill_row(self) -> Attributes:
        own = {"fill_number": self._fill, "start_time": self.moment(0.0), "end_time": None}
        return {**_FILL, **own, "first_run_number": min(self.runs), "last_run_number": max(self.runs)}


def _known(store: Store, run: FillRun) -> dict[str, frozenset[str]]:
    """Return the attributes of each resource."""
    lumisection = store.lumisection_row(run, run.lumisections[0])
    return {
        "runs": frozenset(store.run_row(run)),
        "lumisections": frozenset({*lumisection, "delivered_lumi", "recorded_lumi"}),
        "fills": frozenset(_FILL),
        "eras": frozenset(("name", "start_run", "end_run", "start_time", "end_time")),
    }


def _scaled(row: Attributes, factor: float) -> Attributes:
    return row | {name: row[name] * factor for name in PER_LS if row[name] is not None}


def _written(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def utc_now() -> datetime:
    """Return the time, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
