"""The demo's conditions are those of the table: runs, lumisections, luminosity, bits, blanks and starts."""

import csv
import lzma
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ingest.demo import conditions as files
from ingest.demo.times import known_starts, start_times
from model.vocabulary import BITS
from tests.ingest.demo_told import demo, lumisections_of, runs, world, worlds

__all__ = ["demo", "runs", "world", "worlds"]


def test_the_period_has_the_real_runs_lumisections_and_luminosity(runs):
    assert len(runs) == 1772
    assert sum(last - first + 1 for run in runs for first, last in run.lumisections) == 285_471
    assert sum(np.nansum(run.recorded_lumi_invpb) for run in runs) == pytest.approx(29_400, rel=2e-3)
    assert {run.era for run in runs} == {f"2024{letter}" for letter in "ABCDE"}


def test_every_value_and_every_blank_of_the_table_is_kept(runs):
    by_number = {run.run_number: run for run in runs}
    blanks, known = Counter(), Counter()
    luminosity = defaultdict(float)
    with lzma.open(files.LUMISECTIONS, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            number, ls = int(row["run_number"]), int(row["lumisection_number"])
            recorded = by_number[number].recorded_lumi_invpb[ls]
            delivered = by_number[number].delivered_lumi_invpb[ls]
            assert recorded == float(row["recorded_lumi_per_lumisection"])
            assert delivered == float(row["delivered_lumi_per_lumisection"])
            luminosity[number] += recorded
            for bit in ("physics_flag", "cms_active", "bpix_ready", "esp_ready", "beams_stable"):
                (known if row[bit] else blanks)[bit, row[bit]] += 1
            known["prescale", "index"] += bool(row["prescale_index"])
            known["prescale", "name"] += bool(row["prescale_name"])
    for bit, value in list(known):
        if bit == "prescale":
            continue
        names = [n for n in BITS if n.startswith("beam")] if bit == "beams_stable" else [bit]
        for name in names:
            spans = [s for run in runs for s in run.bits.get(name, ()) if s[2] is (value == "true")]
            assert sum(last - first + 1 for first, last, _ in spans) == known[bit, value]
    assert blanks["bpix_ready", ""] == 233_314 and blanks["beams_stable", ""] == 190_456
    prescales = [p for run in runs for p in run.prescales]
    assert lumisections_of(p for p in prescales if p.index is not None) == known["prescale", "index"]
    assert lumisections_of(p for p in prescales if p.name is not None) == known["prescale", "name"]


def test_holes_have_no_luminosity_and_no_known_bit(runs):
    holed = [run for run in runs if len(run.lumisections) > 1]
    assert holed
    for run in holed:
        for (_, last), (first, _) in zip(run.lumisections, run.lumisections[1:], strict=False):
            assert np.isnan(run.recorded_lumi_invpb[last + 1 : first]).all()
            assert all(b <= last or a >= first for spans in run.bits.values() for a, b, _ in spans)


def test_starts_are_known_for_141_runs_and_assumed_for_the_others(runs):
    known = known_starts(files.STARTS)
    assert sum(not run.start_is_assumed for run in runs) == 141
    assert all(run.started_at == known[run.run_number] for run in runs if not run.start_is_assumed)
    started = [run.started_at for run in runs]
    assert started == sorted(started)
    assert all(start.tzinfo is UTC for start in started)


def test_an_unknown_start_lies_on_the_line_between_its_neighbours():
    day = datetime(2024, 5, 1, tzinfo=UTC)
    starts = start_times([5, 10, 15, 20, 30], {10: day, 20: day + timedelta(hours=10)})
    assert starts[15].started_at == day + timedelta(hours=5) and starts[15].is_assumed
    assert starts[5].started_at == day - timedelta(hours=5)
    assert starts[30].started_at == day + timedelta(hours=20)
    assert starts[10].started_at == day and not starts[10].is_assumed
