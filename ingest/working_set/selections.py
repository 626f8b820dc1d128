"""What is good for whom: golden, muon and DCS-only, and the flags they share."""

from typing import Any

from ingest.working_set.clauses import Logic, bit, every, flag, status
from model.rulebook.texts import Purpose, RuleText
from model.vocabulary import BEAM_BITS

#: runs of the call that the published lists answer
WINDOW = (378981, 381594)
PROMPT = "/PromptReco/Collisions2024%/DQM"
EXPRESS = "/Express/Collisions2024/DQM"
#: interactions per crossing: a choice of ours, no published number
LOW_PILEUP = 20
_TRACKER = "bpix_ready fpix_ready tibtid_ready tob_ready tecp_ready tecm_ready".split()
_ECAL = "ebm_ready ebp_ready eem_ready eep_ready esm_ready esp_ready".split()
_MUON_COLUMNS = (
    "l1t-l1t l1t-l1tmu hlt-hlt tracker-pixel tracker-strip tracker-track muon-muon csc-csc dt-dt rpc-rpc "
    "lumi-lumi dc-lowlumi"
).split()
_GOLDEN_COLUMNS = (
    "l1t-l1t l1t-l1tmu l1t-l1tcalo hlt-hlt tracker-pixel tracker-strip tracker-track ecal-ecal ecal-es "
    "hcal-hcal egamma-egamma jetmet-jetmet muon-muon csc-csc dt-dt rpc-rpc lumi-lumi dc-lowlumi"
).split()


def rules() -> dict[str, RuleText]:
    """Return the selections by name."""
    return {
        "stable-beams": _flag(_all(BEAM_BITS), "Both beams present and stable."),
        "tracker-on": _flag(_all(_TRACKER), "High voltage on in every part of pixel and strip tracker."),
        "dcs-bits": _flag(_dcs_bits(), "CMS active, beams stable, tracker on: what the bits alone call good."),
        "golden-2024": RuleText(_golden(), "good", _GOLDEN, PROMPT, Purpose.GOLDEN),
        "muon-2024": RuleText(_selection(_TRACKER, _MUON_COLUMNS), "good", _MUON, PROMPT),
        "low-pileup-2024": RuleText(_low_pileup(), "good", _LOW_PILEUP, PROMPT),
        "dcs-only-2024": RuleText(_dcs_only(), "bad", _DCS_ONLY, EXPRESS),
    }


_GOLDEN = "Every column the 2024 call asks for GOOD, bits true where they are known."
_MUON = "What muon analyses need: trigger, tracker and muon columns GOOD, calorimeters not asked."
_DCS_ONLY = "Good by detector-control bits alone, before anybody has certified."


_LOW_PILEUP = f"Golden lumisections with fewer than {LOW_PILEUP} interactions per crossing."


def _flag(logic: Logic, description: str) -> RuleText:
    return RuleText(logic, "bad", description)


def _all(bits: Any) -> Logic:
    return every(bit(name, True) for name in bits)


def _golden() -> Logic:
    return _selection([*_TRACKER, *_ECAL], _GOLDEN_COLUMNS)


def _selection(bits: list[str], columns: list[str]) -> Logic:
    asked = ["cms_active", *BEAM_BITS, *bits]
    return every(
        [*_runs(), *(bit(name, True) for name in asked), *(status(column, "GOOD") for column in columns)]
    )


def _low_pileup() -> Logic:
    return every([flag("golden-2024"), {"<": [0, {"var": "lumisection.oms.pileup"}, LOW_PILEUP]}])


def _dcs_bits() -> Logic:
    return every([bit("cms_active", True), flag("stable-beams"), flag("tracker-on")])


def _dcs_only() -> Logic:
    return every([*_runs(), flag("dcs-bits")])


def _runs() -> list[Logic]:
    number = {"var": "run.run_number"}
    return [
        {"==": [{"var": "run.rr.class"}, "Collisions24"]},
        {">=": [number, WINDOW[0]]},
        {"<=": [number, WINDOW[1]]},
        {">=": [{"var": "run.oms.energy"}, 6500]},
        {"<=": [{"var": "run.oms.energy"}, 7000]},
        {">=": [{"var": "run.oms.b_field"}, 3.7]},
    ]
