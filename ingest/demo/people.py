"""Who speaks in the demo, and in which words: illustrative, every one of them.

The names are the ones that forms are filled in with for want of a real one; rules carry the mark too.
"""

from types import MappingProxyType

from model.authors import ILLUSTRATIVE
from model.vocabulary import COLUMN_OF_BIT, OFFLINE_COLUMNS, workspace_of

DCS_RULE = f"rule:dcs-bits@1 {ILLUSTRATIVE}"
BASELINE_RULE = f"rule:subsystem-baseline@1 {ILLUSTRATIVE}"

#: workspaces that one person certifies
_BENCHES = {
    "Erika Mustermann": "tracker",
    "Jean Dupont": "ecal",
    "Mario Rossi": "hcal",
    "Jane Doe": "csc gem",
    "Juan Pérez": "dt rpc",
    "Jan Kowalski": "l1t",
    "Ola Nordmann": "hlt",
    "Taro Yamada": "lumi ctpps",
    "Zhang San": "egamma btag tau",
    "Maija Meikäläinen": "jetmet",
    "Ivan Horvat": "muon",
    "Kari Nordmann": "dc cms castor",
}
CERTIFIER = MappingProxyType(
    {w: f"{name} {ILLUSTRATIVE}" for name, bench in _BENCHES.items() for w in bench.split()}
)
CERTIFIERS = tuple(dict.fromkeys(CERTIFIER.values()))
SHIFTERS = tuple(
    f"{name} {ILLUSTRATIVE}" for name in ("Joe Bloggs", "Hong Gildong", "Jan Novák", "Fulano Silva")
)
DC_CERTIFIER = CERTIFIER["dc"]
#: coordinators who make products
PROPOSER, APPROVER = CERTIFIER["dc"], f"Anna Müller {ILLUSTRATIVE}"
TRACKER_CERTIFIER = CERTIFIER["tracker"]

#: columns whose offline base is the rule over detector-control bits; a person only corrects them
BIT_COLUMNS = frozenset(c for c in set(COLUMN_OF_BIT.values()) if c.split("-")[0] in {"cms", "ecal", "tracker"})
#: columns that nobody reads out in 2024
EXCLUDED_COLUMNS = frozenset({"castor-castor"})
#: no use without beam
BEAM_COLUMNS = frozenset({"ctpps-ctpps", "lumi-lumi"})
#: certified, but a loss there costs no luminosity
SIDE_COLUMNS = ("gem-gem", "ctpps-ctpps", "btag-btag", "tau-tau", "cms-cms")

#: (cause, comment) of a loss, by column, as an expert would write it in the log
WORDS = MappingProxyType(
    {
        "btag-btag": [("alignment", "impact parameter resolution off after interfill")],
        "cms-cms": [("DAQ error", "event builder backpressure, global rate unstable")],
        "csc-csc": [
            ("HV trip", "ME+2/1 chambers tripped, HV back after ramp"),
            ("readout error", "FED 846 out of sync, resynced by the shifter"),
        ],
        "ctpps-ctpps": [("HV trip", "pixel station 45-220 far off, pots retracted")],
        "dt-dt": [
            ("readout error", "uROS of sector 7 lost lock"),
            ("LV trip", "YB+2 S04 LV trip, crate power cycled"),
        ],
        "ecal-ecal": [
            ("readout error", "EB-07 supermodule missing, recovered at next resync"),
            ("noise", "EE+ noisy tower masked, occupancy ring visible"),
        ],
        "ecal-es": [
            ("LV trip", "ES- ring 3 off after LV trip"),
            ("readout error", "ES FED 528 not sending data"),
        ],
        "egamma-egamma": [("calibration", "photon response low in EE, laser corrections late")],
        "gem-gem": [("HV trip", "GE1/1 chamber group at reduced HV")],
        "hcal-hcal": [
            ("readout error", "HBHE QIE8 crate 25 link errors"),
            ("noise", "HF noise burst, anomalous MET tail"),
            ("timing", "HB phase shifted after clock change"),
        ],
        "hlt-hlt": [
            ("software", "HLT menu reloaded, streams incomplete"),
            ("DAQ error", "filter farm node lag"),
        ],
        "jetmet-jetmet": [("occupancy hole", "jet occupancy hole at eta 2.1, phi 0.8")],
        "l1t-l1t": [
            ("trigger rate", "uGT rate spike, prescales reapplied"),
            ("timing", "pre-firing above limit"),
        ],
        "l1t-l1tcalo": [("readout error", "Calo Layer-2 link errors"), ("software", "CaloL1 LUT mismatch")],
        "l1t-l1tmu": [("trigger rate", "EMTF rate drop in sector 3"), ("timing", "OMTF late by one BX")],
        "lumi-lumi": [("other", "HFET and PLT disagree by more than 3 %"), ("DAQ error", "BRIL DAQ restarted")],
        "muon-muon": [("occupancy hole", "standalone muon hole in the negative endcap")],
        "rpc-rpc": [("HV trip", "RB3 sectors at standby HV"), ("LV trip", "RE-4 LV channel off, reset")],
        "tau-tau": [("other", "isolation sum shifted against reference run")],
        "tracker-pixel": [
            ("HV trip", "FPix BmI disk 2 HV trip, recovered after reset"),
            ("readout error", "BPix layer 1 auto-masked channels above limit"),
        ],
        "tracker-strip": [
            ("LV trip", "TIB minus 1.4 power group off, recovered"),
            ("readout error", "FED 181 out of sync in TEC+"),
        ],
        "tracker-track": [
            ("alignment", "track chi2 tail, alignment object one interval late"),
            ("calibration", "seeding efficiency low, pixel gain payload outdated"),
        ],
    }
)
#: columns among which losses that no bit explains are shared
LOSS_COLUMNS = tuple(
    c for c in OFFLINE_COLUMNS if c not in SIDE_COLUMNS and c not in EXCLUDED_COLUMNS and c != "dc-lowlumi"
)


def certifier_of(column: str) -> str:
    """Return who certifies a column offline."""
    return CERTIFIER[workspace_of(column)]
