"""A real fill as a timeline: which lumisection is published when, and what OMS corrected later.

Luminosities, flags and bits are those of 2024. Energy, field, keys and components of 2024 are not public: they
are assumed, and every run says so in its `trigger_mode`. Times are those of the replay.
"""

import csv
import lzma
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "ingest" / "demo" / "data" / "lumisections_2024AE.csv.xz"
EARLIER = HERE / "data" / "fill_9512_2024-05-21.csv.xz"
FILL = 9512
LS_S = 23.31
#: between the end of a run and the start of the next
GAP_S = 60.0

BEAMS = ("beam1_present", "beam1_stable", "beam2_present", "beam2_stable", "beam_present", "beams_stable")
_FLAGS = (
    "physics_flag cms_active bpix_ready fpix_ready tibtid_ready tob_ready tecp_ready tecm_ready ebm_ready "
    "ebp_ready eem_ready eep_ready esm_ready esp_ready"
).split()
_UNKNOWN = (
    "castor_ready cscm_ready cscp_ready dt0_ready dtm_ready dtp_ready gem_ready gemm_ready gemp_ready "
    "hbhea_ready hbheb_ready hbhec_ready hf_ready ho_ready rp_sect_45_ready rp_sect_56_ready rp_time_ready "
    "rpc_ready zdc_ready"
).split()
PER_LS = ("delivered_lumi_per_lumisection", "recorded_lumi_per_lumisection")
Attributes = dict[str, Any]


@dataclass(frozen=True)
class Lumisection:
    """One lumisection, with the luminosities OMS gave at first where it gave others later."""

    number: int
    attributes: Mapping[str, Any]
    earlier: Mapping[str, float]


@dataclass(frozen=True)
class FillRun:
    """A run of the fill.

    Args:
        real_number: the number it had; `number` may be another, so that a registry does not know it yet.
        starts_s: replay seconds from the start of the fill.
    """

    number: int
    real_number: int
    starts_s: float
    lumisections: tuple[Lumisection, ...]

    @property
    def ends_s(self) -> float:
        """When the last lumisection is over."""
        return self.due_s(self.lumisections[-1])

    def due_s(self, lumisection: Lumisection) -> float:
        """When a lumisection is over, and OMS has it."""
        return self.starts_s + (lumisection.number - self.lumisections[0].number + 1) * LS_S


def read_fill(
    fill: int = FILL, *, table: Path = TABLE, from_run: int = 0, first_number: int | None = None
) -> list[FillRun]:
    """Return the runs that began in a fill, with their lumisections in it.

    Args:
        from_run: leave out runs before this one.
        first_number: number of the first run, the others following; their real numbers where not given.

    Raises:
        ValueError: the table has no such fill.
    """
    earlier = _earlier(EARLIER)
    by_run: dict[int, list[Mapping[str, str]]] = {}
    began_before = set()
    for row in _rows(table):
        run = int(row["run_number"])
        if row["fill_number"] == str(fill):
            by_run.setdefault(run, []).append(row)
        elif run not in by_run and row["fill_number"].isdigit() and int(row["fill_number"]) < fill:
            began_before.add(run)
    runs, starts_s = list[FillRun](), 0.0
    for run in sorted(by_run):
        if run in began_before or run < from_run:
            continue
        number = run if first_number is None else first_number + len(runs)
        taken = tuple(_lumisection(row, earlier) for row in by_run[run])
        runs.append(FillRun(number, run, starts_s, tuple(sorted(taken, key=lambda one: one.number))))
        starts_s = runs[-1].ends_s + GAP_S
    if not runs:
        raise ValueError(f"no run began in fill {fill}")
    return runs


def _rows(table: Path) -> Iterator[Mapping[str, str]]:
    with lzma.open(table, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _earlier(path: Path) -> dict[tuple[int, int], dict[str, float]]:
    return {
        (int(row["run_number"]), int(row["lumisection_number"])): {name: float(row[name]) for name in PER_LS}
        for row in _rows(path)
    }


def _lumisection(row: Mapping[str, str], earlier: Mapping[tuple[int, int], dict[str, float]]) -> Lumisection:
    number = int(row["lumisection_number"])
    bits: Attributes = {name: _flag(row[name]) for name in _FLAGS} | dict.fromkeys(_UNKNOWN)
    numbers = {name: _number(row[name]) for name in (*PER_LS, "pileup")}
    return Lumisection(
        number,
        {
            "lumisection_number": number,
            "fill_number": int(row["fill_number"]),
            "prescale_index": int(float(row["prescale_index"])) if row["prescale_index"] else None,
            "prescale_name": row["prescale_name"] or None,
            **bits,
            **dict.fromkeys(BEAMS, _flag(row["beams_stable"])),
            **numbers,
        },
        earlier.get((int(row["run_number"]), number), {}),
    )


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _number(text: str) -> float | None:
    return float(text) if text else None
