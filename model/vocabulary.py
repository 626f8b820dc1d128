"""The words of certification: statuses, states, levels, workspaces, columns, bits, causes.

Source: the system in use (workspaces and columns, DCS bits), and the domain's own list.
"""

from enum import IntEnum, StrEnum
from types import MappingProxyType


class Status(IntEnum):
    """Quality of one column on one lumisection; the number is what tables and frames store."""

    EMPTY = 0
    GOOD = 1
    BAD = 2
    STANDBY = 3
    EXCLUDED = 4
    NOTSET = 5


SETTABLE = (Status.GOOD, Status.BAD, Status.STANDBY, Status.EXCLUDED, Status.NOTSET)
#: worst first: what a tile or a cell shows of a run that mixes statuses
SEVERITY = (Status.BAD, Status.STANDBY, Status.NOTSET, Status.EMPTY, Status.EXCLUDED, Status.GOOD)
#: worst first over several columns: one that was left out of the run says nothing of the others
WORST_FIRST = (*(s for s in SEVERITY if s != Status.EXCLUDED), Status.EXCLUDED)
LETTER = MappingProxyType(
    {
        Status.GOOD: "G",
        Status.BAD: "B",
        Status.STANDBY: "S",
        Status.EXCLUDED: "E",
        Status.NOTSET: "?",
        Status.EMPTY: "·",
    }
)
GLYPH = MappingProxyType(
    {
        Status.GOOD: "✓",
        Status.BAD: "✕",
        Status.STANDBY: "‖",
        Status.EXCLUDED: "⊘",
        Status.NOTSET: "?",
        Status.EMPTY: "·",
    }
)


class State(StrEnum):
    """Where a run, or a dataset in one workspace, stands in the workflow."""

    WAITING = "waiting dqm gui"
    OPEN = "OPEN"
    SIGNOFF = "SIGNOFF"
    COMPLETED = "COMPLETED"
    NOT_SIGNIFICANT = "not significant for workspace"


class Stage(StrEnum):
    """Where in the processing a dataset stands."""

    ONLINE = "online"
    EXPRESS = "express"
    PROMPT = "prompt"
    RERECO = "rereco"


class Level(StrEnum):
    """What a workspace answers for."""

    DPG = "DPG"
    POG = "POG"
    PAG = "PAG"
    COORDINATION = "coordination"


ONLINE = "online"
GLOBAL = "global"
FIRST_CMS_RUN = 100_000
#: the upstream attribute whose ranges say which lumisections exist
EXISTS = "exists"
#: the luminosity source that counts where a run has several
DEFAULT_SOURCE = "OMS"

_DPG = "castor csc ctpps dt ecal gem hcal hlt l1t lumi rpc tracker".split()
_POG = "btag egamma jetmet muon tau".split()
LEVEL_OF = MappingProxyType(
    dict.fromkeys(_DPG, Level.DPG)
    | dict.fromkeys(_POG, Level.POG)
    | dict.fromkeys(("cms", "dc", GLOBAL), Level.COORDINATION)
)

#: certifiable offline columns, as `workspace-column`
OFFLINE_COLUMNS = tuple(
    "btag-btag castor-castor cms-cms csc-csc ctpps-ctpps dc-lowlumi dt-dt ecal-ecal ecal-es egamma-egamma "
    "gem-gem hcal-hcal hlt-hlt jetmet-jetmet l1t-l1t l1t-l1tmu l1t-l1tcalo lumi-lumi muon-muon rpc-rpc "
    "tau-tau tracker-track tracker-pixel tracker-strip".split()
)
#: certifiable online columns
ONLINE_COLUMNS = tuple(
    "castor-castor cms-cms csc-csc ctpps-ctpps dt-dt ecal-ecal ecal-es gem-gem hcal-hcal hlt-hlt l1t-l1t "
    "l1t-l1tcalo l1t-l1tmu lumi-lumi rpc-rpc tracker-pixel tracker-strip".split()
)
#: columns that only their own workspace shows
LOCAL_COLUMNS = MappingProxyType(
    {
        "csc": "occupancy integrity strips timing efficiency gasgains pedestals resolution segments tf "
        "triggergpe".split(),
        "ctpps": "rp45_210 rp45_220 rp45_cyl rp56_210 rp56_220 rp56_cyl trk45_210 time45 trk56_220 time56 "
        "time_global".split(),
        "ecal": "ebp ebm eep eem esp esm analysis collisions laser tpg noise preshower timing".split(),
        "hcal": "hb he hf ho0 ho12".split(),
        "hlt": "muons electrons photons jetmet tau bjets technical".split(),
        "l1t": ["software"],
        "rpc": "hv lv feb noise elog".split(),
    }
)

#: the bits of a lumisection, in the order a strip draws them
BITS = tuple(
    "cms_active physics_flag beam1_present beam1_stable beam2_present beam2_stable bpix_ready fpix_ready "
    "tibtid_ready tob_ready tecp_ready tecm_ready ebp_ready ebm_ready eep_ready eem_ready esp_ready esm_ready "
    "hbhea_ready hbheb_ready hbhec_ready hf_ready ho_ready dt0_ready dtp_ready dtm_ready cscp_ready cscm_ready "
    "rpc_ready gemp_ready gemm_ready castor_ready zdc_ready rp_time_ready rp_sect_45_ready "
    "rp_sect_56_ready".split()
)
BEAM_BITS = ("beam1_present", "beam1_stable", "beam2_present", "beam2_stable")
#: which column a false bit explains first
COLUMN_OF_BIT = MappingProxyType(
    {
        "bpix_ready": "tracker-pixel",
        "fpix_ready": "tracker-pixel",
        "tibtid_ready": "tracker-strip",
        "tob_ready": "tracker-strip",
        "tecp_ready": "tracker-strip",
        "tecm_ready": "tracker-strip",
        "ebp_ready": "ecal-ecal",
        "ebm_ready": "ecal-ecal",
        "eep_ready": "ecal-ecal",
        "eem_ready": "ecal-ecal",
        "esp_ready": "ecal-es",
        "esm_ready": "ecal-es",
        "hbhea_ready": "hcal-hcal",
        "hbheb_ready": "hcal-hcal",
        "hbhec_ready": "hcal-hcal",
        "hf_ready": "hcal-hcal",
        "ho_ready": "hcal-hcal",
        "dt0_ready": "dt-dt",
        "dtp_ready": "dt-dt",
        "dtm_ready": "dt-dt",
        "cscp_ready": "csc-csc",
        "cscm_ready": "csc-csc",
        "rpc_ready": "rpc-rpc",
        "gemp_ready": "gem-gem",
        "gemm_ready": "gem-gem",
        "castor_ready": "castor-castor",
        "cms_active": "cms-cms",
    }
)

#: why a column is not GOOD; a workspace may add its own
CAUSES = (
    "HV trip",
    "LV trip",
    "HV ramp",
    "DCS loss",
    "readout error",
    "DAQ error",
    "noise",
    "low statistics",
    "calibration",
    "trigger rate",
    "timing",
    "alignment",
    "occupancy hole",
    "beam conditions",
    "excluded from run",
    "software",
    "other",
)


#: why a run was stopped; more can follow after a colon
STOP_REASONS = (
    "end of fill",
    "beam dump",
    "new run wanted",
    "DAQ error",
    "trigger problem",
    "detector problem",
    "detector work",
    "DCS problem",
    "DQM problem",
    "infrastructure",
    "test",
    "other",
)


def workspace_of(column: str) -> str:
    """Return the workspace that owns `workspace-column`."""
    return column.split("-", 1)[0]


def stage_of(dataset: str) -> Stage:
    """Return the stage a dataset's name says; names come with and without the leading slash."""
    head = dataset.strip("/").split("/", 1)[0].lower()
    return {
        "online": Stage.ONLINE,
        "express": Stage.EXPRESS,
        "promptreco": Stage.PROMPT,
        "rereco": Stage.RERECO,
    }.get(head, Stage.RERECO)
