"""Lists of history become products: named, dated, superseding each other in order."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.files import KINDS
from ingest.products import publish
from ingest.run import BadFile, import_file
from model.db import Database
from model.errors import Invalid, NotFound
from model.journal import sequence_now
from model.products.algebra import compare
from model.products.products import list_of, product_of, products
from model.queries.luminosities import luminosity
from model.ranges import canonical
from tests.provision import stores

DATA = Path(__file__).parents[1] / "data" / "ingest"
#: runs that the early re-reco changed against prompt; luminosities in 1/µb, those of 316470 made up
BYLS = "run,ls,rec_prompt,rec_legacy\n316470,322,91671.008,90994.299\n316470,323,,92622.563\n316470,476,,1e6\n"
PROMPT = '{"316470": [[1, 322]], "316472": [[76, 333]]}'
EARLY = '{\n  "316470": [\n    [1, 476]], "316472": [[1, 70], [76, 333]],\n "318733": [[1, 33]]}'


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Database]:
    """Give a registry that knows two calibrations of one run."""
    found = stores.sqlite(tmp_path / "registry.sqlite")
    file = tmp_path / "byls.csv"
    file.write_text(BYLS)
    assert import_file(found, KINDS["recorded-byls"], file) == 0
    yield found
    found.dispose()


def _files(folder: Path, *given: tuple[str, str, str]) -> list[str]:
    for name, text, _ in given:
        (folder / name).write_text(text)
    return [f"{folder / name}@{day}" for name, _, day in given]


def test_a_chain_of_published_lists_supersedes_itself_in_order(here: Database, tmp_path: Path) -> None:
    files = _files(tmp_path, ("Prompt.json", PROMPT, "2018-12-07"), ("Early.txt", EARLY, "2019-04-29"))
    assert publish(here, files, "golden-2018", "brilcalc legacy") == 2
    with here.reading() as connection:
        found = {each.name: each for each in products(connection)}
        (a, b), at = (list_of(connection, name) for name in ("Prompt", "Early")), sequence_now(connection)
        told = compare(connection, a, b, "brilcalc legacy", at)
    assert found["Prompt"].superseded_by == "Early" and found["Early"].state.value == "official"
    early = found["Early"]
    assert early.decided and early.decided.author == "published outside"
    assert early.decided.at == datetime(2019, 4, 29, tzinfo=UTC)
    assert found["Prompt"].manifest["recorded_invpb"] == pytest.approx(0.090994)
    assert found["Prompt"].manifest["ls_without_luminosity"] == 321 + 258
    assert (told.ls_added, told.ls_removed, len(told.added), len(told.changed)) == (257, 0, 1, 2)
    assert told.change.gained_invpb == pytest.approx(1.092622563)


def test_reading_the_same_files_in_again_records_nothing(here: Database, tmp_path: Path) -> None:
    files = _files(tmp_path, ("Prompt.json", PROMPT, "2018-12-07"))
    assert publish(here, files, "golden-2018", "OMS") == 1
    assert publish(here, files, "golden-2018", "OMS") == 0
    (tmp_path / "Prompt.json").write_text(EARLY)
    with pytest.raises(Invalid, match="There is a product Prompt already, of other bytes"):
        publish(here, files, "golden-2018", "OMS")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([("A.json", PROMPT, "")], "has no day"),
        ([("A.json", PROMPT, "last May")], "has no day"),
        ([("A.json", "no list", "2018-12-07")], "A.json: This is no JSON"),
        (
            [("A.json", PROMPT, "2018-12-07"), ("B.json", '{"run": "x"}', "2018-12-08")],
            "B.json: “run” is no run",
        ),
        ([("A.json", PROMPT, "2018-12-07"), ("B.json", EARLY, "2018-12-01")], "in the order of its days"),
        ([("A B.json", PROMPT, "2018-12-07")], "is no name"),
    ],
)
def test_what_is_no_chain_is_refused_and_nothing_is_written(
    here: Database, tmp_path: Path, given: list[tuple[str, str, str]], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        publish(here, _files(tmp_path, *given), "golden-2018", "OMS")
    with here.reading() as connection:
        assert not products(connection)


def test_a_file_that_is_not_there_and_a_source_nobody_knows_are_said(here: Database, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="There is no file"):
        publish(here, [f"{tmp_path / 'A.json'}@2018-12-07"], "golden-2018", "OMS")
    files = _files(tmp_path, ("A.json", PROMPT, "2018-12-07"))
    with pytest.raises(NotFound, match="no luminosity of normtag"):
        publish(here, files, "golden-2018", "normtag")


def test_calibrations_stand_side_by_side_in_1_pb(here: Database) -> None:
    with here.reading() as connection:
        prompt, legacy = (luminosity(connection, 316470, f"brilcalc {name}") for name in ("prompt", "legacy"))
        assert luminosity(connection, 316470) is None
    assert prompt is not None and legacy is not None
    assert len(prompt.recorded_invpb) == 322 and prompt.recorded_invpb[321] == pytest.approx(0.091671008)
    assert legacy.recorded_invpb[475] == pytest.approx(1.0)


def test_what_legacy_dropped_of_run_315705_has_its_luminosity_in_every_calibration(here: Database) -> None:
    import_file(here, KINDS["recorded-byls"], DATA / "recorded_byls_2018_cut.csv")
    a, b = ({315705: canonical(spans)} for spans in ([(1, 700)], [(1, 160), (162, 162), (164, 700)]))
    lost = {}
    with here.reading() as connection:
        for source in ("prompt_normtag", "prompt_nonormtag", "legacy_UL"):
            found = compare(connection, a, b, f"brilcalc {source}", sequence_now(connection))
            lost[source] = round(found.change.lost_invpb, 4)
            assert (found.ls_removed, found.change.unknown) == (2, 0)
    assert lost == {"prompt_normtag": 0.4292, "prompt_nonormtag": 0.411, "legacy_UL": 0.43}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("run,ls\n316470,1\n", "a header run,ls,rec_NAME"),
        ("run,ls,rec_a\n316470,1\n", "3 fields"),
        ("run,ls,rec_a\n316470,1,x\n", "a number"),
        ("run,ls,rec_a\n316470,1,1\n316470,1,2\n", "each lumisection once"),
        ("run,ls,rec_a\n316470,1,1\n316471,1,2\n316470,2,2\n", "rows of one run together"),
        ("run,ls,rec_a\n", "at least one row"),
    ],
)
def test_a_bad_luminosity_file_is_refused_with_its_place(
    here: Database, tmp_path: Path, text: str, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(BadFile):
        import_file(here, KINDS["recorded-byls"], file)
    assert sentence in caplog.text


def test_a_product_of_history_keeps_the_digest_of_its_file(here: Database, tmp_path: Path) -> None:
    publish(here, _files(tmp_path, ("Early.txt", EARLY, "2019-04-29")), "golden-2018", "OMS")
    with here.reading() as connection:
        said = product_of(connection, "Early").told()
    assert said["rule"] is None and said["published_sha256"] != said["sha256"]
    assert json.loads(json.dumps(said))["runs"] == 3
