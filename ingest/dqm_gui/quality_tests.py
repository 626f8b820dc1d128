"""What the DQM GUI's quality tests say of a dataset, as proposals; a person decides.

Source: the GUI's `data/json/archive/<run><sample>/<folder>`, which lists the objects of a folder with the
status of each of their tests; the numbers are the data quality framework's: 100 passed, 200 warning, 300 error.
Tests that were switched off, did not run or had too little to look at say nothing.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ingest.dqm_gui.client import Unreachable, ask
from model.authors import IMPORTER
from model.commands.derived import writing
from model.commands.proposals import propose
from model.db import Database
from model.errors import RunRegistryError
from model.events import ProposalsMade
from model.journal import sequence_now
from model.queries import datasets
from model.queries.waiting import Open, in_gui

log = logging.getLogger(__name__)

PROGRAM, VERSION = "dqm-quality-tests", "1"
OK, WARNING, ERROR = 100, 200, 300
#: where the tests of a column are; the folders are those of the shifters' summaries
FOLDERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "tracker-pixel": ("PixelPhase1/EventInfo",),
        "tracker-strip": ("SiStrip/EventInfo",),
        "tracker-track": ("Tracking/EventInfo",),
        "ecal-ecal": ("EcalBarrel/EventInfo", "EcalEndcap/EventInfo"),
        "ecal-es": ("EcalPreshower/EventInfo",),
        "hcal-hcal": ("Hcal/EventInfo",),
        "csc-csc": ("CSC/EventInfo",),
        "dt-dt": ("DT/EventInfo",),
        "rpc-rpc": ("RPC/EventInfo",),
        "gem-gem": ("GEM/EventInfo",),
        "ctpps-ctpps": ("CTPPS/EventInfo",),
        "l1t-l1t": ("L1T/EventInfo",),
        "hlt-hlt": ("HLT/EventInfo",),
        "egamma-egamma": ("Egamma/EventInfo",),
        "muon-muon": ("Muons/EventInfo",),
        "jetmet-jetmet": ("JetMET/EventInfo",),
        "btag-btag": ("Btag/EventInfo",),
    }
)


@dataclass(frozen=True)
class Summary:
    """The tests of a column that ran: how many passed or warned, and the objects with an error."""

    passed: int
    warned: int
    failed: tuple[str, ...]

    @property
    def ran(self) -> int:
        """Return how many tests ran."""
        return self.passed + self.warned + len(self.failed)


def propose_tests(database: Database, url: str, first_run: int = 0) -> int:
    """Ask for the tests of every open dataset that the GUI has; return how many datasets got something new.

    Args:
        first_run: earlier runs are not asked for.

    Raises:
        Unreachable: the GUI gave no usable answer; what was proposed before that stays.
    """
    with database.reading() as connection:
        at = sequence_now(connection)
        found = [each for each in in_gui(connection, at) if each.run_number >= first_run]
    done = sum(_propose(database, url, each) for each in found)
    log.info("%d of %d open datasets got proposals of quality tests", done, len(found))
    return done


def summaries(url: str, run_number: int, samples: Sequence[str]) -> dict[str, Summary]:
    """Return what the tests say, per column; a column of which no test ran is left out.

    Raises:
        Unreachable: the GUI gave no usable answer.
    """
    found = {column: _summary(url, run_number, samples, folders) for column, folders in FOLDERS.items()}
    return {column: said for column, said in found.items() if said.ran}


def _summary(url: str, run_number: int, samples: Sequence[str], folders: Sequence[str]) -> Summary:
    passed, warned, failed = 0, 0, []
    for sample in samples:
        for folder in folders:
            for name, statuses in _objects(url, f"{run_number}{sample}/{folder}").items():
                passed += statuses.count(OK)
                warned += statuses.count(WARNING)
                failed += [name] * statuses.count(ERROR)
    return Summary(passed, warned, tuple(failed))


def _objects(url: str, place: str) -> dict[str, list[int]]:
    body = ask(url, f"data/json/archive/{place}", may_be_missing=True)
    if body is None:
        return {}
    try:
        contents: list[Any] = json.loads(body)["contents"]
        return {
            str(each["obj"]): [int(result["status"]) for result in each.get("qresults") or ()]
            for each in contents
            if "obj" in each
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreachable(f"{url} does not answer with a folder: {type(error).__name__} {error}.") from error


def _propose(database: Database, url: str, one: Open) -> bool:
    tests = summaries(url, one.run_number, one.samples)
    try:
        # a transaction of its own: a shifter's edit waits for one dataset, not for all of them
        with writing(database) as tx:
            spans = [[f, l] for f, l in datasets.lumisections(tx.connection, one.run_number)]
            known = datasets.columns(tx.connection, one.name)
            said = tuple(_said(c, summary, spans) for c, summary in tests.items() if c in known)
            if not said or not spans:
                return False
            before = tx.head.sequence
            return (
                propose(tx, ProposalsMade(one.run_number, one.name, PROGRAM, VERSION, said), IMPORTER) > before
            )
    except RunRegistryError as error:
        log.warning("run %d %s: %s", one.run_number, one.name, error)
        return False


def _said(column: str, tests: Summary, spans: list[list[int]]) -> dict[str, Any]:
    names = list(dict.fromkeys(tests.failed))
    failed = (
        f": {', '.join(names[:4])}{f' and {len(names) - 4} more' if len(names) > 4 else ''}" if names else ""
    )
    return {
        "column": column,
        "ranges": spans,
        "status": "BAD" if tests.failed else "GOOD",
        "score": round((tests.passed + tests.warned) / tests.ran, 4),
        "reason": f"{len(tests.failed)} of {tests.ran} quality tests failed{failed}; {tests.warned} warn",
    }
