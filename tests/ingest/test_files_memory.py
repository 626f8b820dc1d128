"""Large files pass in constant memory."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEADER = (
    "run_number,lumisection_number,era,delivered_lumi_per_lumisection,"
    "recorded_lumi_per_lumisection,physics_flag,fill_number\n"
)
MEGABYTE = 1 << 20
#: the peak of the process itself; unlike ru_maxrss it does not start from the parent's
MEASURE = """
import sys
from pathlib import Path
from ingest.files import KINDS
kind, path = KINDS["oms-lumisections"], Path(sys.argv[1])
runs = kind.check(path).runs if sys.argv[2] == "check" else sum(1 for _ in kind.read(path))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
sys.stdout.write(f"{runs} {peak.split()[1]}")
"""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    directory = tmp_path_factory.mktemp("large")
    for name, runs in (("small", 10), ("large", 300)):
        with (directory / name).open("w") as stream:
            stream.write(HEADER)
            for run in range(runs):
                head, tail = f"{300_000 + run},", f",2024A,0.{run}1234,0.{run}1201,true,9388\n"
                stream.write("".join(f"{head}{n}{tail}" for n in range(1, 1001)))
    return directory / "small", directory / "large"


def _measured(path: Path, action: str) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), action], cwd=ROOT, capture_output=True, check=True, text=True
    )
    runs, kilobytes = done.stdout.split()
    return int(runs), int(kilobytes) * 1024


@pytest.mark.parametrize("action", ["check", "read"])
def test_a_table_thirty_times_as_long_takes_no_more_memory(tables: tuple[Path, Path], action: str) -> None:
    small, large = tables
    assert large.stat().st_size > 11 * MEGABYTE
    (few, before), (many, after) = _measured(small, action), _measured(large, action)
    assert (few, many) == (10, 300)
    assert after - before < 6 * MEGABYTE
