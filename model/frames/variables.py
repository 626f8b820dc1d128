"""The variables a rule may read, by the paths that certification logics use."""

import difflib
from collections.abc import Iterable

from model.errors import Invalid
from model.vocabulary import BITS, LOCAL_COLUMNS, OFFLINE_COLUMNS, ONLINE_COLUMNS

OMS = "lumisection.oms."
VERDICT = "lumisection.rr."
RUN_OMS = "run.oms."
RUN_RR = "run.rr."
RUN_NUMBER = ("run.run_number", "run.oms.run_number")
DATASET_NAME = "dataset.name"
LUMISECTION_NUMBER = "lumisection.lumisection_number"

_PRESCALE = ("prescale_index", "prescale_name")
_INCLUDED = (
    "dt es hf cow csc daq dcs dqm gem ltc rpc trg ecal efed hcal lumi scal tcds ctpps pixel totem castor "
    "hflumi dt_efed tracker csc_efed pixel_up rpc_efed trg_efed ctpps_tot ecal_efed hcal_efed tracker_efed zdc"
).split()
_RUN_OMS = (
    "energy l1_key b_field hlt_key l1_menu l1_rate duration end_lumi end_time sequence init_lumi clock_type "
    "start_time fill_number l1_hlt_mode last_update ls_duration stable_beam trigger_mode cmssw_version "
    "recorded_lumi delivered_lumi tier0_transfer l1_key_stripped fill_type_party1 fill_type_party2 "
    "fill_type_runtime injection_scheme hlt_physics_rate hlt_physics_size hlt_physics_counter "
    "hlt_physics_throughput l1_triggers_counter l1_hlt_mode_stripped initial_prescale_index era "
    "beams_present_and_stable crossing_angle beta_star components"
).split()
_RUN_RR = "class state significant stop_reason".split()

CATALOGUE = frozenset(
    [
        *RUN_NUMBER,
        DATASET_NAME,
        LUMISECTION_NUMBER,
        *(OMS + name for name in (*BITS, *_PRESCALE)),
        *(VERDICT + column for column in {*OFFLINE_COLUMNS, *ONLINE_COLUMNS}),
        *(f"{VERDICT}{ws}-{name}" for ws, names in LOCAL_COLUMNS.items() for name in names),
        *(RUN_OMS + name for name in _RUN_OMS),
        *(f"{RUN_OMS}{name}_included" for name in _INCLUDED),
        *(RUN_RR + name for name in _RUN_RR),
    ]
)


def require_known(variables: Iterable[str], more_columns: Iterable[str] = ()) -> None:
    """Check the variables of a rule; an unknown one is an error, never false.

    Raises:
        Invalid: naming each unknown variable and what it may have meant.
    """
    known = CATALOGUE | {VERDICT + column for column in more_columns}
    sentences = []
    for name in sorted(set(variables) - known):
        near = difflib.get_close_matches(name, known, 2, 0.6)
        sentences.append(f"{name}" + (f" (did you mean {' or '.join(near)}?)" if near else ""))
    if sentences:
        raise Invalid(f"The rule reads what does not exist: {', '.join(sentences)}.")
