"""`python -m benchmarks.products_year DATADIR`: the public lists of 2018 as products, any two compared.

Reads `json/2018/golden` and `lumi_byls/recorded_byls_2018.csv.xz` below DATADIR into a registry of its own,
starts a server on it, compares every pair of lists by the API with a walk over single lumisections, the pairs
of `PAIRS.md` with what stands there, by page too, and makes every product again. Returns 1 where anything
differs.

PAIRS.md takes a lumisection's luminosity from whatever calibration has it. The registry adds no two up: of the
second pair it says 92.669 /pb gained in the legacy calibration, and that it lacks the three lumisections
removed, whose 0.765 /pb stand in the prompt one. Both are asked for, and their difference is PAIRS.md's.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

from benchmarks.asked import addressed, question
from benchmarks.harness import Server, run

_C = "Cert_314472-"
_FULL = f"{_C}325175_13TeV_"
#: each list, and the day on which it was first seen
CHAIN = (
    (f"{_C}317591_13TeV_PromptReco_Collisions18_JSON", "2018-07-04"),
    (f"{_C}319851_13TeV_PromptReco_Collisions18", "2018-08-03"),
    (f"{_C}321221_13TeV_PromptReco_Collisions18_JSON", "2018-10-10"),
    (f"{_C}322633_13TeV_PromptReco_Collisions18_JSON", "2018-10-18"),
    (f"{_FULL}PromptReco_Collisions18_JSON", "2018-12-07"),
    (f"{_FULL}17SeptEarlyReReco2018ABC_PromptEraD_Collisions18_JSON", "2019-04-29"),
    (f"{_FULL}Legacy2018_Collisions18_JSON__315257-325172_n478_09dc31", "2020-07-01"),
    (f"{_FULL}Legacy2018_Collisions18_JSON__315257-325172_n478_338f1f", "2022-06-19"),
)
#: rows of PAIRS.md: lumisections added, removed, runs added, removed, changed, change in /fb
PAIRS = {(4, 5): (257, 0, 1, 0, 2, 0.053), (5, 6): (346, 3, 0, 0, 3, 0.092), (6, 7): (0, 2, 0, 0, 1, 0.0)}
LEGACY, PROMPT = "brilcalc legacy_UL", "brilcalc prompt_normtag"
Walked = dict[int, set[int]]


def main() -> int:
    """Load, compare, rebuild; return 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the public data lie")
    folder, failed = parser.parse_args().folder, 0
    with tempfile.TemporaryDirectory(prefix="run-registry-products-") as name:
        data = Path(name)
        for holds, said in (*_load(folder, data), *_compared(folder, data), *_rebuilt(data)):
            failed += not holds
            print(f"{'held' if holds else 'FAILED':>8}  {said}", flush=True)
    print(f"{failed} checks failed")
    return 1 if failed else 0


def _load(folder: Path, data: Path) -> Iterator[tuple[bool, str]]:
    byls = run(["-m", "ingest", "recorded-byls", str(folder / "lumi_byls/recorded_byls_2018.csv.xz")], data)
    yield byls.code == 0, f"three calibrations of 2018 read in, {byls.seconds:.1f} s"
    golden = folder / "json/2018/golden"
    files = [f"{golden / name}.json@{day}" for name, day in CHAIN]
    chain = run(["-m", "ingest", "products", "--series", "golden-2018", "--source", LEGACY, *files], data)
    yield chain.code == 0 and "8 products are new" in chain.output, f"8 lists as history, {chain.seconds:.1f} s"


def _compared(folder: Path, data: Path) -> Iterator[tuple[bool, str]]:
    walked = [_walk(folder / "json/2018/golden" / f"{name}.json") for name, _ in CHAIN]
    with Server(data) as server:
        agreed = 0
        for i, j in permutations(range(len(CHAIN)), 2):
            told = _ask(server, i, j, LEGACY)
            agreed += _counts(told) == _by_hand(walked[i], walked[j])
        yield agreed == 56, f"{agreed} of 56 ordered pairs agree with a walk over single lumisections"
        for (i, j), (*counts, change_invfb) in PAIRS.items():
            legacy, prompt = _ask(server, i, j, LEGACY), _ask(server, i, j, PROMPT)
            lost = legacy["lost_invpb"] or prompt["lost_invpb"]
            found = round((legacy["gained_invpb"] - lost) / 1000, 3)
            holds = _counts(legacy) == tuple(counts) and found == change_invfb
            side = ", ".join(
                f"{t['source']} +{t['gained_invpb']:.3f} -{t['lost_invpb']:.3f} /pb "
                f"({t['ls_without_luminosity']} LS have none)"
                for t in (legacy, prompt)
            )
            yield holds, f"PAIRS.md {CHAIN[i][0][12:40]} → {CHAIN[j][0][12:40]}: {counts}, {found} /fb; {side}"
            page = _page(server, i, j)
            words = (f"+{counts[0]:,}", f"{legacy['gained_invpb']:,.3f} pb", f"{legacy['lost_invpb']:,.3f} pb")
            yield all(word in page for word in words), "the page says the same"


def _rebuilt(data: Path) -> Iterator[tuple[bool, str]]:
    again = run(["-m", "flask", "--app", "app", "product", "rebuild", "--all"], data)
    yield again.code == 0, again.output.strip().splitlines()[-1]


def _ask(server: Server, i: int, j: int, source: str) -> dict[str, Any]:
    body = {"a": CHAIN[i][0], "b": CHAIN[j][0], "source": source}
    found: dict[str, Any] = server.json("/api/v1/lists/compare", body)
    return found


def _page(server: Server, i: int, j: int) -> str:
    """Return what the callback of the page draws for an address."""
    search = f"?a={CHAIN[i][0]}&b={CHAIN[j][0]}&source={LEGACY.replace(' ', '+')}"
    known = server.json("/_dash-dependencies")
    asked = next(each for each in known if each["output"].startswith("..lists-a-said.children..."))
    body = question(asked, addressed("/lists", search))
    return json.dumps(server.json("/_dash-update-component", body), ensure_ascii=False)


def _walk(path: Path) -> Walked:
    listed = json.loads(path.read_text(encoding="utf-8"))
    return {int(run): {n for a, b in spans for n in range(a, b + 1)} for run, spans in listed.items()}


def _by_hand(a: Walked, b: Walked) -> tuple[int, ...]:
    more = sum(len(b[run] - a.get(run, set())) for run in b)
    less = sum(len(a[run] - b.get(run, set())) for run in a)
    changed = sum(a[run] != b[run] for run in a.keys() & b.keys())
    return more, less, len(b.keys() - a.keys()), len(a.keys() - b.keys()), changed


def _counts(told: dict[str, Any]) -> tuple[int, ...]:
    names = ("ls_added", "ls_removed", "runs_added", "runs_removed", "runs_changed")
    return tuple(told[name] for name in names)


if __name__ == "__main__":
    sys.exit(main())
