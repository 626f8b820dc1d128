"""A synthetic dump of the system in use, of the size it has: `python -m benchmarks.v4_dump DIRECTORY`.

600 runs, each with online, Express and PromptReco, 60 columns each, 352,000 lumisections in all; columns are
cut where the bits change, about 2.06 ranges each, as in the sample the documentation comes with.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from model.vocabulary import BITS

RUNS, LUMISECTIONS, FIRST_RUN = 600, 352_000, 320_000
EXPRESS, PROMPT = "/Express/Collisions2018/DQM", "/PromptReco/Collisions2018{}/DQM"
_COLUMNS = (
    "btag:btag,tracks,discriminators csc:csc,occupancy,efficiency,timing,integrity ctpps:ctpps,sect45,sect56 "
    "dc:lowlumi dt:dt,occupancy,timing,noise ecal:ecal,es,trigprim,laser egamma:egamma,photons,electrons "
    "hcal:hcal,hbhe,hf,ho,trigprim hlt:hlt,jet,muon,egamma jetmet:jetmet,jet,met l1t:l1t,l1tcalo,l1tmu "
    "lumi:lumi,brilcalc muon:muon,standalone,global rpc:rpc,occupancy,efficiency,hv,lv tau:tau,isolation "
    "tracker:pixel,strip,track,alignment,timing,hv,occupancy,clusters,beamspot,seeds"
)
WORKSPACES = {ws: names.split(",") for ws, names in (part.split(":") for part in _COLUMNS.split())}
COLUMNS = [f"{ws}-{name}" for ws, names in WORKSPACES.items() for name in names]
_COMMENTS = (
    "high voltage trip",
    "low efficiency in one sector",
    "power cycle of the crate",
    "dead region since the beginning of the fill",
    "calibration not updated",
    "timing scan ongoing",
    "DAQ problem, FED errors",
    "missing channels in the occupancy plots",
    "readout errors, run stopped",
)
_CAUSES = ("", "", "HV", "DAQ", "DCS", "SCAN")
_ALWAYS_OFF = ("castor_ready", "zdc_ready")
_BEAM = ("beam1_present", "beam2_present", "beam1_stable", "beam2_stable", "physics_flag")
#: how many ranges a column has, as often as in the sample
_RANGES, _WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 9), (483, 17, 255, 5, 63, 4, 12, 1)


def make(directory: Path, *, runs: int = RUNS, lumisections: int = LUMISECTIONS, seed: int = 2018) -> int:
    """Write a dump; return how many ranges its columns have."""
    directory.mkdir(parents=True, exist_ok=True)
    dice = random.Random(seed)
    lines: dict[str, list[bytes]] = {"runs": [], "datasets": [], "oms_ls_ranges": [], "rr_ls_ranges": []}
    count = 0
    for number, length in zip(_numbers(dice, runs), _lengths(dice, runs, lumisections), strict=True):
        count += _run(dice, lines, number, length)
    workspaces = {"online": WORKSPACES, "offline": WORKSPACES}
    (directory / "workspaces.json").write_bytes(orjson.dumps(workspaces, option=orjson.OPT_INDENT_2))
    for name, written in lines.items():
        (directory / f"{name}.jsonl").write_bytes(b"\n".join(written) + b"\n")
    return count


def _numbers(dice: random.Random, runs: int) -> list[int]:
    return sorted(dice.sample(range(FIRST_RUN, FIRST_RUN + 12 * runs), runs))


def _lengths(dice: random.Random, runs: int, lumisections: int) -> list[int]:
    shares = [dice.lognormvariate(0, 0.8) for _ in range(runs)]
    lengths = [max(20, int(lumisections * share / sum(shares))) for share in shares]
    lengths[lengths.index(max(lengths))] += lumisections - sum(lengths)
    return lengths


def _run(dice: random.Random, lines: dict[str, list[bytes]], number: int, length: int) -> int:
    era = "ABCD"[(number - FIRST_RUN) // 2000 % 4]
    cuts = sorted({1, *dice.sample(range(2, length), min(dice.randint(5, 9), length - 3))})
    stretches = list(zip(cuts, [*(cut - 1 for cut in cuts[1:]), length], strict=True))
    recorded = _bits(dice, lines["oms_ls_ranges"], number, stretches)
    lines["runs"].append(_line(_attributes(dice, number, length, era, recorded)))
    count = 0
    for name in ("online", EXPRESS, PROMPT.format(era)):
        lines["datasets"].append(_line(_dataset(number, name)))
        for column in COLUMNS:
            ranges = _ranges(dice, stretches)
            count += len(ranges)
            said = {"run_number": number, "dataset_name": name, "component": column, "ranges": ranges}
            lines["rr_ls_ranges"].append(_line(said))
    return count


def _bits(dice: random.Random, lines: list[bytes], number: int, stretches: Sequence[tuple[int, int]]) -> float:
    peak, total = dice.uniform(0.15, 0.4), 0.0
    for i, (first, last) in enumerate(stretches):
        with_beam = 0 < i < len(stretches) - 1
        bits: dict[str, Any] = dict.fromkeys(BITS, True) | dict.fromkeys(_ALWAYS_OFF, False)
        bits |= dict.fromkeys(_BEAM, with_beam) | {"rp_time_ready": None}
        bits |= dict.fromkeys(dice.sample(BITS[6:33], dice.choice((0, 0, 1, 1, 2))), False)
        delivered = round(peak * 0.96**i, 4) if with_beam else 0.0005
        recorded = round(delivered * 0.95, 4) if with_beam and bits["cms_active"] else 0
        total += recorded * (last - first + 1)
        bits |= {"prescale_index": i, "prescale_name": "2.2e34", "delivered": delivered, "recorded": recorded}
        told = {"run_number": number, "dataset_name": "online", "start": first, "end": last}
        lines.append(_line({**told, "attributes": bits}))
    return round(total, 3)


def _attributes(dice: random.Random, number: int, length: int, era: str, recorded: float) -> dict[str, Any]:
    detectors = (
        "castor csc ctpps daq dcs dqm dt ecal es hcal hf pixel pixel_up rpc scal tcds tracker trg".split()
    )
    oms = {
        "run_number": number,
        "fill_number": 6500 + (number - FIRST_RUN) // 20,
        "duration": round(length * 23.31),
        "ls_duration": length,
        "b_field": 3.799,
        "energy": 6499,
        "clock_type": "LHC",
        "sequence": "GLOBAL-RUN",
        "l1_key": f"l1_trg_collisions2018/v{number % 97}",
        "l1_menu": "L1Menu_Collisions2018_v2_1_0",
        "l1_hlt_mode": "collisions2018",
        "l1_rate": round(dice.uniform(4e4, 9e4), 3),
        "hlt_key": f"/cdaq/physics/Run2018/2e34/v2.1.{number % 7}/HLT/V1",
        "hlt_physics_rate": round(dice.uniform(200, 1500), 3),
        "hlt_physics_counter": dice.randrange(10**7),
        "trigger_mode": f"l1_hlt_collisions2018/v{number % 200}",
        "cmssw_version": "CMSSW_10_1_5",
        "recorded_lumi": recorded,
        "stable_beam": True,
        "era": f"Run2018{era}",
        "components": [name.upper() for name in detectors],
        **{f"{name}_included": True for name in detectors},
    }
    words = {"class": "Collisions18", "significant": True, "stop_reason": "", "state": "COMPLETED"}
    return {
        "run_number": number,
        "n_ls": length,
        "oms_attributes": oms,
        "rr_attributes": words,
        "deleted": False,
    }


def _dataset(number: int, name: str) -> dict[str, Any]:
    is_online = name == "online"
    states = {} if is_online else {f"{ws}_state": "COMPLETED" for ws in ("global", *WORKSPACES)}
    in_gui = [] if is_online else [name]
    return {
        "run_number": number,
        "name": name,
        "dataset_attributes": states,
        "datasets_in_gui": in_gui,
        "deleted": False,
    }


def _ranges(dice: random.Random, stretches: Sequence[tuple[int, int]]) -> list[list[Any]]:
    wanted = min(dice.choices(_RANGES, _WEIGHTS)[0], len(stretches))
    # beams come and go at the ends of a run, for every column that minds
    ends = [0, len(stretches) - 1] if wanted >= 3 and dice.random() < 0.8 else []
    inner = wanted - 1 - len(ends)
    places = range(2, len(stretches) - 1) if ends else range(1, len(stretches))
    starts = sorted({0, *([1, len(stretches) - 1] if ends else []), *dice.sample(places, inner)})
    out: list[list[Any]] = []
    is_good = dice.random() < 0.85 or len(starts) > 1
    for i, start in enumerate(starts):
        end = starts[i + 1] - 1 if i + 1 < len(starts) else len(stretches) - 1
        first, last = stretches[start][0], stretches[end][1]
        at_end = ends and i in (0, len(starts) - 1)
        out.append([first, last, *(("STANDBY", "", "") if at_end else _words(dice, is_good=is_good))])
        is_good = not is_good or bool(at_end)
    return out


def _words(dice: random.Random, *, is_good: bool) -> tuple[str, str, str]:
    if is_good:
        return "GOOD", "", ""
    explained = dice.random() < 0.2
    return "BAD", dice.choice(_COMMENTS) if explained else "", dice.choice(_CAUSES) if explained else ""


def _line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record)


if __name__ == "__main__":
    print(f"{make(Path(sys.argv[1])):,} ranges")
