"""The demo, loaded once: what its registry answers, against the published lists and the table itself."""

import csv
import json
import lzma
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Connection

from ingest.demo import conditions, load
from ingest.demo.conditions import DATA
from model import asof, events, journal
from model.cache import Cache
from model.db import Database
from model.frames.refs import refs
from model.golden.golden import Golden, GoldenRoom, Question
from model.products.products import list_of, products
from model.products.rebuild import rebuild
from model.queries import datasets, documents, luminosities, runs
from model.ranges import canonical, from_numbers
from model.rulebook.book import rule_version
from model.tables import journal as journal_table
from model.vocabulary import ONLINE
from tests.provision import stores

PROMPT = "/PromptReco/Collisions2024%/DQM"
EXPRESS = "/Express/Collisions2024/DQM"
FIRST_CALL = "Cert_Collisions2024_378981_380649_Golden.json"
SECOND_CALL = "Cert_Collisions2024_378981_381594_Golden.json"
GOLDEN_INVFB = 26.978
DCS_BITS = "cms_active bpix_ready fpix_ready tibtid_ready tecm_ready tecp_ready tob_ready beams_stable".split()


class Killed(BaseException):
    """What a killed process does, as far as the database can tell."""


def _killed_after(pieces: int) -> Any:
    told = iter(range(pieces + 1))

    def tell(_done: int, _total: int) -> None:
        if next(told, None) is None:
            raise Killed

    return tell


def _quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give the demo, its load killed once on the way and taken up again."""
    database = stores.sqlite(tmp_path_factory.mktemp("demo") / "registry.sqlite")
    with pytest.raises(Killed):
        load.load(database, _killed_after(3))
    assert load.was_begun(database)
    load.load(database, _quiet)
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def connection(demo: Database) -> Iterator[Connection]:
    with demo.reading() as found:
        yield found


@pytest.fixture(scope="module")
def table() -> dict[str, np.ndarray]:
    """Give the OMS table as the file has it, read with csv and nothing of ours."""
    wanted = ["run_number", "lumisection_number", "recorded_lumi_per_lumisection", *DCS_BITS]
    with lzma.open(DATA / "lumisections_2024AE.csv.xz", "rt", encoding="utf-8", newline="") as lines:
        reader = csv.reader(lines)
        header = next(reader)
        places = [header.index(name) for name in wanted]
        rows = [[row[i] for i in places] for row in reader]
    return {name: np.array([row[i] for row in rows]) for i, name in enumerate(wanted)}


def _golden(connection: Connection, rule: str, pattern: str, as_of: str = "now") -> Golden:
    at = asof.resolve(connection, as_of)
    question = Question(rule_version(connection, rule, at), pattern, at)
    return GoldenRoom(Cache()).golden(connection, question)


def _published(name: str) -> dict[int, tuple[tuple[int, int], ...]]:
    lists = json.loads((DATA / name).read_text(encoding="utf-8"))
    return {int(run): canonical((a, b) for a, b in spans) for run, spans in lists.items()}


@pytest.mark.parametrize(
    ("as_of", "name", "lumisections", "number_of_runs"),
    [("call-380649", FIRST_CALL, 51_679, 92), ("call-381594", SECOND_CALL, 83_594, 140)]
    + [("now", SECOND_CALL, 83_594, 140)],
)
def test_the_golden_rule_gives_the_published_list(
    connection: Connection, as_of: str, name: str, lumisections: int, number_of_runs: int
) -> None:
    found = _golden(connection, "golden-2024", PROMPT, as_of)
    assert found.lists == _published(name)
    assert (found.lumisections, len(found.lists)) == (lumisections, number_of_runs)
    parsed = json.loads(found.body)
    assert {int(run): canonical((a, b) for a, b in spans) for run, spans in parsed.items()} == found.lists


def test_every_product_of_the_demo_is_made_again_and_is_the_published_list(connection: Connection) -> None:
    found = {each.name: each for each in products(connection)}
    calls = [name.removesuffix(".json") for name in (FIRST_CALL, SECOND_CALL)]
    assert all(list_of(connection, name) == _published(f"{name}.json") for name in calls)
    states = ["superseded", "official", "official"]
    assert [found[name].state for name in (*calls, "DCSOnly_Collisions2024_378981_381594")] == states
    room = GoldenRoom(Cache())
    assert all(rebuild(connection, room, each).is_identical for each in found.values())
    authors = {each.proposed.author for each in found.values()}
    approvers = {each.decided.author for each in found.values() if each.decided}
    assert authors.isdisjoint(approvers) and all("(illustrative)" in name for name in authors | approvers)


def test_what_was_recorded_is_the_sum_of_the_tables_rows(
    connection: Connection, table: dict[str, np.ndarray]
) -> None:
    expected = math.fsum(float(text) for text in table["recorded_lumi_per_lumisection"] if text)
    numbers = [run.run_number for run in runs.runs(connection)]
    arrays = luminosities.luminosity_of_runs(connection, numbers)
    found = math.fsum(math.fsum(a.recorded_invpb[~np.isnan(a.recorded_invpb)]) for a in arrays.values())
    assert found == pytest.approx(expected, rel=1e-9)
    assert found / 1000 == pytest.approx(29.384_562, abs=1e-6)


def test_what_a_golden_list_recorded_is_the_sum_of_its_rows(
    connection: Connection, table: dict[str, np.ndarray]
) -> None:
    golden = _published(SECOND_CALL)
    inside = {(run, n) for run, spans in golden.items() for a, b in spans for n in range(a, b + 1)}
    rows = zip(*(table[name].tolist() for name in list(table)[:3]), strict=True)
    expected = math.fsum(float(v) for run, n, v in rows if v and (int(run), int(n)) in inside)
    found = _golden(connection, "golden-2024", PROMPT)
    assert found.recorded_invpb == pytest.approx(expected, rel=1e-9)
    assert found.recorded_invpb / 1000 == pytest.approx(GOLDEN_INVFB, abs=1e-3)
    assert found.considered_invpb == pytest.approx(29_384.433_671, abs=1e-3)


def test_every_lumisection_of_the_table_is_there_by_its_number(
    connection: Connection, table: dict[str, np.ndarray]
) -> None:
    by_run: dict[int, list[int]] = {}
    for run, number in zip(table["run_number"].tolist(), table["lumisection_number"].tolist(), strict=True):
        by_run.setdefault(int(run), []).append(int(number))
    assert [run.run_number for run in runs.runs(connection)] == sorted(by_run)
    for run_number, numbers in list(by_run.items())[::25]:
        assert datasets.lumisections(connection, run_number) == from_numbers(numbers)


def test_the_one_override_stands_in_the_journal_with_its_reason(connection: Connection) -> None:
    found = [e for e in journal.entries(connection) if isinstance(e.event, events.BitsOverridden)]
    assert len(found) == 1
    assert found[0].is_person
    assert len(found[0].comment) > 10
    assert found[0].author


def test_the_journal_verifies_and_its_time_never_goes_back(connection: Connection) -> None:
    head = journal.verify(connection)
    assert head.sequence == journal.sequence_now(connection) > 5_000


@pytest.mark.parametrize("pieces", [1, 2])
def test_the_same_seed_gives_the_same_journal_where_it_was_not_killed(
    demo: Database, tmp_path: Path, pieces: int
) -> None:
    again = stores.sqlite(tmp_path / "again.sqlite")
    with pytest.raises(Killed):
        load.load(again, _killed_after(pieces))
    with again.reading() as one, demo.reading() as other:
        head = journal.verify(one)
        rows = [
            next(iter(c.execute(journal_table.select().where(journal_table.c.sequence == head.sequence))))
            for c in (one, other)
        ]
    assert rows[0].hash == rows[1].hash == head.hash
    again.dispose()


def test_a_loaded_demo_is_not_loaded_again(demo: Database) -> None:
    assert load.load(demo, _quiet) == 0


@pytest.mark.parametrize(
    ("rule", "pattern"), [("golden-2022-call", PROMPT), ("dcs-only-2023", EXPRESS), ("muon-2022-call", PROMPT)]
)
def test_a_real_logic_is_kept_unchanged(connection: Connection, rule: str, pattern: str) -> None:
    names = {
        "golden-2022-call": "dqmspace_golden_2022_call.json",
        "dcs-only-2023": "dcsonly_collisions23.json",
        "muon-2022-call": "dqmspace_muon_2022_call.json",
    }
    written = json.loads((DATA / names[rule]).read_text(encoding="utf-8"))
    kept = documents.document(connection, "rule", rule)
    assert kept["logic"] == written.get("logic", written)
    assert kept["datasets"] == pattern


def test_the_run_window_of_2022_refuses_every_run_of_2024(connection: Connection) -> None:
    found = _golden(connection, "golden-2022-call", PROMPT)
    window = next(loss for loss in found.losses if loss.text == "run.oms.run_number <= 361417")
    assert (found.lumisections, found.body) == (0, b"{}\n")
    assert window.lumisections == found.considered == 120_825
    assert window.sequential_invpb == pytest.approx(found.considered_invpb)


def test_the_moved_golden_logic_selects_nothing_where_nobody_knows_the_hcal_bits(
    connection: Connection,
) -> None:
    found = _golden(connection, "golden-2022-call-moved", PROMPT)
    refused = {loss.text.split()[0]: loss for loss in found.losses}
    assert found.lumisections == 0
    for bit in ("hbhea_ready", "hbheb_ready", "hbhec_ready", "hf_ready", "ho_ready"):
        loss = refused[f"lumisection.oms.{bit}"]
        assert (loss.lumisections, loss.exclusive_invpb) == (found.considered, 0.0)
    assert refused["lumisection.oms.hbhea_ready"].sequential_invpb > 6_000


@pytest.mark.parametrize("rule", ["dcs-only-2023", "dcs-only-2023-moved"])
def test_the_dcs_only_logic_selects_what_the_tables_own_bits_select(
    connection: Connection, table: dict[str, np.ndarray], rule: str
) -> None:
    """The logic of 2023 has a first run only, 365000: unchanged it takes all of 2024 that its bits allow."""
    found = _golden(connection, rule, EXPRESS)
    holds = np.all([table[bit] == "true" for bit in DCS_BITS], axis=0)
    run_numbers = table["run_number"].astype(int)
    holds &= run_numbers >= (378_981 if rule.endswith("moved") else 365_000)
    holds &= np.isin(run_numbers, list(found.datasets))
    lumisections = table["lumisection_number"].astype(int)[holds].tolist()
    by_run: dict[int, list[int]] = {}
    for run, number in zip(run_numbers[holds].tolist(), lumisections, strict=True):
        by_run.setdefault(run, []).append(number)
    assert found.lists == {run: from_numbers(numbers) for run, numbers in by_run.items()}
    assert (found.lumisections, len(found.lists)) == (25_707, 77)


def test_at_least_40_datasets_are_open(connection: Connection) -> None:
    at = journal.sequence_now(connection)
    chosen = refs(connection, at, PROMPT) + refs(connection, at, EXPRESS)
    found = [datasets.dataset(connection, ref.run_number, ref.name) for ref in chosen]
    assert sum("OPEN" in d.states.values() for d in found) >= 40


def test_runs_without_collisions_have_no_offline_dataset(connection: Connection) -> None:
    classes = {run.run_number: run.run_class for run in runs.runs(connection)}
    offline = {ref.run_number for ref in refs(connection, journal.sequence_now(connection), "/%")}
    assert Counter(classes.values())["Commissioning24"] > 0
    assert {classes[number] for number in offline} == {"Collisions24"}
    quiet = next(number for number, name in classes.items() if name != "Collisions24")
    assert [d.name for d in datasets.datasets_of(connection, quiet)] == [ONLINE]


def test_the_conditions_are_those_of_the_table(connection: Connection) -> None:
    assert len(conditions.read_ranges(conditions.CALL_381594)) == 140
    assert documents.document(connection, "certification-list", Path(FIRST_CALL).stem)
