"""The schema of what a certification rule may read: types, units, values and words for every variable.

Source: the OMS aggregation API's attributes of runs and lumisections, and the registry's own vocabulary.
"""

from collections.abc import Iterable, Iterator

from model.vocabulary import BITS, LOCAL_COLUMNS, OFFLINE_COLUMNS, ONLINE_COLUMNS, State, Status
from rules.schema import Kind, Schema, Variable

OMS = "lumisection.oms."
VERDICT = "lumisection.rr."
RUN_OMS = "run.oms."
RUN_RR = "run.rr."
RUN_NUMBER = ("run.run_number", "run.oms.run_number")
DATASET_NAME = "dataset.name"
LUMISECTION_NUMBER = "lumisection.lumisection_number"
PILEUP = OMS + "pileup"

_STATUSES = tuple(status.name for status in Status)
_STATES = (State.OPEN.value, State.SIGNOFF.value, State.COMPLETED.value)
_INCLUDED = (
    "dt es hf cow csc daq dcs dqm gem ltc rpc trg ecal efed hcal lumi scal tcds ctpps pixel totem castor "
    "hflumi dt_efed tracker csc_efed pixel_up rpc_efed trg_efed ctpps_tot ecal_efed hcal_efed tracker_efed zdc"
).split()
#: numbers of a run: unit, smallest value, what it is; a luminosity is measured and can lie below 0
_NUMBERS = {
    "energy": ("GeV", 0, "beam energy"),
    "b_field": ("T", None, "magnetic field of the solenoid"),
    "duration": ("s", 0, "how long the run lasted"),
    "end_lumi": ("10³⁴/cm²/s", None, "instantaneous luminosity at the end"),
    "init_lumi": ("10³⁴/cm²/s", None, "instantaneous luminosity at the start"),
    "recorded_lumi": ("1/pb", None, "recorded luminosity of the run"),
    "delivered_lumi": ("1/pb", None, "delivered luminosity of the run"),
    "fill_number": ("", 0, "LHC fill"),
    "ls_duration": ("LS", 0, "number of lumisections"),
    "l1_rate": ("Hz", 0, "level-1 trigger rate"),
    "l1_triggers_counter": ("", 0, "level-1 triggers"),
    "hlt_physics_rate": ("Hz", 0, "rate of the physics streams"),
    "hlt_physics_size": ("", 0, "size of the physics streams"),
    "hlt_physics_counter": ("", 0, "events in the physics streams"),
    "hlt_physics_throughput": ("", 0, "throughput of the physics streams"),
    "initial_prescale_index": ("", 0, "prescale column at the start"),
    "crossing_angle": ("µrad", None, "crossing angle of the beams"),
    "beta_star": ("cm", 0, "beta function at the interaction point"),
}
_TEXTS = {
    "l1_key": "level-1 trigger key",
    "hlt_key": "trigger menu: /cdaq/physics/, /cdaq/cosmic/ or /cdaq/special/ …",
    "l1_menu": "level-1 menu",
    "end_time": "end of the run, UTC",
    "sequence": "run type of the global sequence",
    "clock_type": "LHC or local clock",
    "start_time": "start of the run, UTC",
    "l1_hlt_mode": "trigger mode",
    "last_update": "last change upstream, UTC",
    "trigger_mode": "trigger mode with its version",
    "cmssw_version": "software of the online system",
    "l1_key_stripped": "level-1 key without its version",
    "fill_type_party1": "particles of beam 1: PROTON, PB82 …",
    "fill_type_party2": "particles of beam 2",
    "fill_type_runtime": "PROTONS, IONS …",
    "injection_scheme": "filling scheme, such as 25ns_2352b_…",
    "l1_hlt_mode_stripped": "trigger mode without its version",
    "era": "data-taking era, such as 2024C",
}
_FLAGS = {
    "stable_beam": "stable beams were declared",
    "tier0_transfer": "data go to Tier 0",
    "beams_present_and_stable": "all four beam flags are true on some lumisection",
}


def _variables() -> Iterator[Variable]:
    for path in RUN_NUMBER:
        yield Variable(path, "number", False, lowest=1, doc="run number", level="run")
    yield Variable(DATASET_NAME, "text", False, doc="name, such as /PromptReco/…/DQM", level="dataset")
    number = Variable(LUMISECTION_NUMBER, "number", False, lowest=1, doc="number", level="lumisection")
    yield number
    for bit in BITS:
        yield _of_lumisection(OMS + bit, "boolean", "detector-control bit")
    yield _of_lumisection(OMS + "prescale_index", "number", "prescale column")
    yield _of_lumisection(OMS + "prescale_name", "text", "name of the prescale column")
    yield Variable(PILEUP, "number", lowest=0, doc="interactions per crossing, to 0.1", level="lumisection")
    local = (f"{workspace}-{name}" for workspace, names in LOCAL_COLUMNS.items() for name in names)
    yield from (_verdict(column) for column in sorted({*OFFLINE_COLUMNS, *ONLINE_COLUMNS, *local}))
    for name, (unit, lowest, doc) in _NUMBERS.items():
        yield Variable(RUN_OMS + name, "number", True, (), unit, lowest, None, doc, "run")
    yield from (Variable(RUN_OMS + name, "text", doc=doc, level="run") for name, doc in _TEXTS.items())
    yield from (Variable(RUN_OMS + name, "boolean", doc=doc, level="run") for name, doc in _FLAGS.items())
    yield Variable(RUN_OMS + "components", "list", doc="subsystems in the run", level="run")
    for name in _INCLUDED:
        doc = f"{name} was in the run"
        yield Variable(f"{RUN_OMS}{name}_included", "boolean", doc=doc, level="run")
    yield Variable(RUN_RR + "class", "text", doc="class, such as Collisions24", level="run")
    yield Variable(RUN_RR + "state", "choice", True, _STATES, doc="state of the run", level="run")
    yield Variable(RUN_RR + "significant", "boolean", doc="shifters look at the run", level="run")
    yield Variable(RUN_RR + "stop_reason", "text", doc="why the run was stopped", level="run")


def _of_lumisection(path: str, kind: Kind, doc: str) -> Variable:
    return Variable(path, kind, doc=doc, level="lumisection")


def _verdict(column: str) -> Variable:
    # a lumisection nobody certified is EMPTY, never null
    return Variable(VERDICT + column, "choice", False, _STATUSES, doc="quality", level="lumisection")


SCHEMA = Schema(_variables())


def with_columns(columns: Iterable[str]) -> Schema:
    """Return the schema with further certifiable columns."""
    more = (_verdict(column) for column in columns if VERDICT + column not in SCHEMA)
    return Schema([*SCHEMA, *more])
