"""What programs are told of luminosity: accounts and losses as JSON and CSV, and refusals."""

import csv
import io
from typing import Any

import pytest

from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN

ASK = {"rule": "golden", "dataset": PROMPT}
LUMINOSITY, LOSSES = "/api/v1/luminosity", "/api/v1/losses"


def _rows(answer: Any) -> list[dict[str, str]]:
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_the_account_names_its_calibration_rule_and_sequence(client: Any, registry: Registry) -> None:
    found = client.get(LUMINOSITY, query_string={**ASK, "by": "fill"}).json
    assert (found["source"], found["sequence"], found["rule"]["name"]) == ("OMS", world.now(registry), "golden")
    assert [line["key"] for line in found["lines"]] == ["9600"]
    line = found["lines"][0]
    assert (round(line["recorded_invpb"], 6), round(line["certified_invpb"], 6)) == (1.0, 0.8)
    assert round(line["certified_of_processed"], 6) == 0.8
    assert line["source"] == "OMS"


def test_csv_is_told_by_address_or_by_what_is_accepted(client: Any) -> None:
    by_address = _rows(client.get(f"{LUMINOSITY}.csv", query_string={**ASK, "by": "run"}))
    accepted = client.get(LUMINOSITY, query_string={**ASK, "by": "run"}, headers={"Accept": "text/csv"})
    assert _rows(accepted) == by_address
    assert [(row["by"], row["key"], row["source"]) for row in by_address] == [("run", str(RUN), "OMS")]
    assert {row["name"] for row in _rows(client.get(f"{LOSSES}.csv", query_string=ASK))} == {
        "pixel",
        "tracker_hv",
        "UNKNOWN",
        "mixed",
    }


def test_losses_add_up_and_each_bar_opens_its_lumisections(client: Any) -> None:
    found = client.get(LOSSES, query_string={**ASK, "of": "column"}).json
    assert sum(p["exclusive_invpb"] for p in found["parts"]) + found["mixed_invpb"] == pytest.approx(
        found["lost_invpb"]
    )
    assert found["recorded_invpb"] - found["certified_invpb"] == pytest.approx(found["lost_invpb"])
    opened = client.get(
        f"{LOSSES}/lumisections", query_string={**ASK, "of": "column", "part": "tracker-pixel"}
    ).json
    assert [(run["run_number"], run["ranges"]) for run in opened["runs"]] == [(RUN, [[4, 5]])]
    causes = client.get(LOSSES, query_string={**ASK, "of": "cause"}).json
    assert {p["name"]: p["exclusive"] for p in causes["parts"]} == {"HV trip": 2, "UNKNOWN": 0}


def test_an_account_is_told_as_of_any_label(client: Any) -> None:
    assert client.get(LUMINOSITY, query_string={**ASK, "as_of": "call-1"}).json["total"]["lost_invpb"] == 0


def test_calibrations_are_told_side_by_side_and_never_together(client: Any, registry: Registry) -> None:
    world.report_luminosity(registry, [0.2] * 10, source="normtag v3")
    found = client.get(f"{LUMINOSITY}/sources", query_string=ASK).json["sources"]
    assert {each["source"]: round(each["total"]["recorded_invpb"], 6) for each in found} == {
        "OMS": 1.0,
        "normtag v3": 2.0,
    }
    for address in (LUMINOSITY, LOSSES):
        answer = client.get(f"{address}?source=OMS&source=normtag+v3&rule=golden&dataset={PROMPT}")
        assert answer.status_code == 422
        assert "different calibrations and are never added up" in answer.json["detail"]


@pytest.mark.parametrize(
    ("address", "words", "status", "sentence"),
    [
        (LUMINOSITY, {"by": "month"}, 422, "by:"),
        (LUMINOSITY, {"era": "2031Z"}, 404, "no run of 2031Z"),
        (LUMINOSITY, {"source": "PLT"}, 404, "there is luminosity of OMS"),
        (LUMINOSITY, {"rule": "gold"}, 404, "There is no rule gold"),
        (LUMINOSITY, {"rule": ""}, 404, "There is no golden rule yet"),
        (LUMINOSITY, {"dataset": "/%"}, 409, f"both {EXPRESS} and {PROMPT}"),
        (LUMINOSITY, {"runs": "5-4"}, 422, "no range of runs"),
        (LUMINOSITY, {"null_policy": "maybe"}, 422, "no null policy"),
        (LUMINOSITY, {"as_of": "yesterday"}, 404, "yesterday"),
        (LOSSES, {"of": "luck"}, 422, "of:"),
        (LOSSES, {"order": "dt"}, 422, "“dt” is no subsystem of this rule"),
        (f"{LOSSES}/lumisections", {"part": "dt"}, 422, "“dt” is no subsystem of this rule"),
        (f"{LOSSES}/lumisections", {"part": "pixel", "how": "both"}, 422, "how:"),
        (f"{LOSSES}/lumisections", {}, 422, "part:"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(
    client: Any, address: str, words: dict[str, str], status: int, sentence: str
) -> None:
    answer = client.get(address, query_string={**ASK, **words})
    assert (answer.status_code, sentence in answer.json["detail"]) == (status, True), answer.json
