"""`python -m ingest KIND FILE…`: read files in; `… rules FILE…`: draft rules; `… demo`: load the demo year."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from identity.local import USERS, user
from ingest import progress, working_set
from ingest.demo import load as demo
from ingest.demo.replays import end_replays
from ingest.dqm_gui.client import Unreachable
from ingest.dqm_gui.command import look
from ingest.dqm_gui.quality_tests import propose_tests
from ingest.files import KINDS
from ingest.oms.command import follower, run
from ingest.oms.errors import OmsError
from ingest.products import publish
from ingest.rules.command import import_rules
from ingest.rules.conventions import PURPOSE_OF, Convention
from ingest.run import BadFile, import_file
from ingest.sentinel import tell
from model import replay
from model.clock import system_clock
from model.commands import again
from model.commands.derived import writing
from model.db import Database
from model.errors import RunRegistryError
from model.vocabulary import DEFAULT_SOURCE
from settings import load as settings

log = logging.getLogger("ingest")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one import; return the exit code: 0 done, 1 done in part, 2 refused."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    asked = _parser().parse_args(arguments)
    database = Database(settings().database)
    replay.upgrade(database)
    try:
        if asked.kind == "demo":
            return _demo(database, if_empty=asked.if_empty)
        if asked.kind == "working-set":
            return _working_set(database)
        if asked.kind == "decide-again":
            return _decide_again(database, asked.rules)
        if asked.kind == "dqm-gui":
            return _dqm_gui(database, asked)
        if asked.kind == "sentinel":
            return tell(database, system_clock(), least_invpb=asked.least_invpb, new_h=asked.new_h)
        if asked.kind == "oms":
            return _oms(database, asked)
        if asked.kind == "products":
            log.info("%d products are new.", publish(database, asked.files, asked.series, asked.source))
            return 0
        if asked.kind == "rules":
            return _rules(database, asked)
        return max(_file(database, asked.kind, path, skip_bad=asked.skip_bad) for path in asked.files)
    except RunRegistryError as error:
        log.error("%s", error)
        return 2
    finally:
        database.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    one = kinds.add_parser("demo", help="load the demonstration year from files of this repository")
    one.add_argument(
        "--if-empty", action="store_true", help="do nothing where the registry has data of its own"
    )
    rules = kinds.add_parser("rules", help="read rules of other systems and keep them as drafts")
    rules.add_argument("files", nargs="+", type=Path)
    said = "; ".join(f"{name}: {what}" for name, what in PURPOSE_OF.items())
    rules.add_argument(
        "--convention", choices=list(Convention), type=Convention, help=f"what names mean ({said})"
    )
    whose = rules.add_mutually_exclusive_group(required=True)
    whose.add_argument("--by", metavar="USER", help="local user whose drafts they become")
    whose.add_argument("--dry-run", action="store_true", help="say what would become of them, write nothing")
    kinds.add_parser("working-set", help="keep the rules a registry starts 2024 with")
    _ask_oms(kinds)
    _ask_sentinel(kinds)
    _ask_products(kinds)
    decide = kinds.add_parser("decide-again", help="let rules that have changed decide all open runs again")
    decide.add_argument("rules", nargs="+", metavar="RULE")
    gui = kinds.add_parser("dqm-gui", help="open the datasets whose samples the DQM GUI has")
    gui.add_argument("--url", required=True, help="address of the GUI, such as https://…/dqm/offline")
    gui.add_argument(
        "--quality-tests", action="store_true", help="also propose what the GUI's quality tests say"
    )
    gui.add_argument("--first-run", type=int, default=0, help="ask for no tests of earlier runs")
    for kind in KINDS.values():
        parser_of_kind = kinds.add_parser(kind.name, help=kind.help)
        parser_of_kind.add_argument("files", nargs="+", type=Path)
        parser_of_kind.add_argument(
            "--skip-bad", action="store_true", help="write the good runs and report the rest"
        )
    return parser


def _ask_oms(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    oms = kinds.add_parser("oms", help="read runs from OMS as they grow and change")
    how = oms.add_mutually_exclusive_group(required=True)
    how.add_argument("--follow", action="store_true", help="ask for ever: the worker")
    how.add_argument("--once", action="store_true", help="ask once what changed")
    how.add_argument("--run", type=int, metavar="N", help="read one run once more")
    oms.add_argument("--url", default="", help="address of the API instead of OMS_URL")


def _ask_sentinel(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sentinel = kinds.add_parser("sentinel", help="tell which runs contradict themselves; 1 where it is new")
    sentinel.add_argument(
        "--new-h", type=float, default=24.0, metavar="H", help="new is what began H hours ago"
    )
    sentinel.add_argument(
        "--least-invpb", type=float, default=1.0, metavar="X", help="what is new counts from X /pb on"
    )


def _ask_products(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    products = kinds.add_parser("products", help="make lists of history official, as of their days")
    products.add_argument(
        "files", nargs="+", metavar="FILE@DAY", help="a list and the day it was published, the oldest first"
    )
    products.add_argument("--series", required=True, help="what each is the next one of, such as golden-2018")
    products.add_argument("--source", default=DEFAULT_SOURCE, help="luminosity source of their totals")


def _demo(database: Database, *, if_empty: bool) -> int:
    # what begins a registry comes before its processes: nothing is being replayed
    if if_empty and (ended := end_replays(database)):
        log.info("%d replayed runs were left in the middle: they have ended.", ended)
    if not demo.is_empty(database) and not demo.was_begun(database):
        log.info("The registry has data of its own: the demo was not loaded.")
        return 0 if if_empty else 2
    with progress.bar("demo year") as tell:
        demo.load(database, tell)
    return 0


def _rules(database: Database, asked: argparse.Namespace) -> int:
    by = None if asked.dry_run else user(asked.by)
    if by is None and not asked.dry_run:
        log.error("%s is no local user; %s are.", asked.by, ", ".join(each.name for each in USERS))
        return 2
    try:
        return import_rules(database, asked.files, asked.convention, by)
    except BadFile as error:
        log.error("%s", error)
        return 2


def _working_set(database: Database) -> int:
    with writing(database) as tx:
        count = working_set.install(tx)
    log.info("%d rules of the working set were kept.", count)
    return 0


def _decide_again(database: Database, names: Sequence[str]) -> int:
    for name in names:
        with database.reading() as connection:
            asked = again.concerned(connection, name)
        log.info("%s: %s", name, again.decide_again(database, system_clock, asked).sentence)
    return 0


def _dqm_gui(database: Database, asked: argparse.Namespace) -> int:
    try:
        look(database, asked.url)
        if asked.quality_tests:
            propose_tests(database, asked.url, asked.first_run)
    except Unreachable as error:
        log.error("%s Nothing was written after that; the next run asks again.", error)
        return 2
    return 0


def _oms(database: Database, asked: argparse.Namespace) -> int:
    try:
        who = follower(database, settings(), asked.url)
        return run(who, settings().here, once=asked.once, run_number=asked.run)
    except OmsError as error:
        log.error("%s", error)
        return 2
    except KeyboardInterrupt:
        return 0


def _file(database: Database, kind: str, path: Path, *, skip_bad: bool) -> int:
    try:
        return import_file(database, KINDS[kind], path, skip_bad=skip_bad)
    except BadFile as error:
        log.error("%s", error)
        return 2


if __name__ == "__main__":
    sys.exit(main())
