"""The words of certification, each defined once: screens, help and documentation take them from here.

Source: the words of the system in use, and the published texts of CMS data certification.
"""

from collections.abc import Mapping
from types import MappingProxyType

#: a word and what it means, for somebody who comes from elsewhere
TERMS: Mapping[str, str] = MappingProxyType(
    {
        "accepted dataset": "A pattern of dataset names. Signing off a run creates its offline datasets from "
        "the patterns of its class.",
        "as of": "The registry as it was at a label, a time or a sequence, luminosity and rules included.",
        "assumed": "No source says so of this run: the value comes from elsewhere; its tooltip says whence.",
        "at stake": "Recorded luminosity of the lumisections that a decision is about, in pb⁻¹.",
        "author": "Who said a verdict: a person, a rule, or an outside program.",
        "back-test": "What a draft of a rule would have said of an era, compared with what holds.",
        "bit": "A yes or no of detector control (DCS) or of the beams, for each lumisection. A blank is not "
        "known, and never drawn as yes.",
        "bulk": "Many verdicts or changes of state as one action: tried first, then all or none.",
        "cause": "Why a column is not GOOD, as one word of its workspace: HV trip, readout error, noise.",
        "certified": "Luminosity in the golden JSON; the last of delivered, recorded, processed, certified.",
        "class": "What a run is for: Collisions24, Cosmics24, … A rule says it first, a person may correct it.",
        "column": "What is certified, one by one: workspace and part, such as tracker-pixel.",
        "coordination": "Workspaces that belong to no detector and no object: cms, dc and global.",
        "cycle": "Datasets to be certified before a deadline, with the progress of each workspace.",
        "dataset": "The data of one run from one processing. The online one is the run as it was taken.",
        "delivered": "Luminosity that the LHC gave, whether CMS took data or not.",
        "derived": "A column that follows others of its dataset by a rule; a person's word on it still wins.",
        "DPG": "Detector performance group: answers for a detector up to its local reconstruction.",
        "DQM": "Data quality monitoring: the histograms that shifters look at, in the DQM GUI.",
        "efficiency": "Recorded luminosity as a share of the delivered.",
        "EMPTY": "Nobody spoke of this lumisection, or it is missing. Silence is never GOOD.",
        "era": "A named part of a year with the same conditions, such as 2024E.",
        "EXCLUDED": "The subsystem took no part in the run on purpose.",
        "exclusive": "Lost through this alone: with it repaired, the luminosity would be certified.",
        "feed": "A source that the registry follows, such as OMS. It is late at twice its normal lag, stale at "
        "five times.",
        "fill": "One filling of the LHC with protons or ions; many runs can be taken in it.",
        "finding": "Something in a run that cannot all be true, such as luminosity without beam.",
        "flag": "A rule with a name that other rules use.",
        "global": "The columns of all workspaces in one grid.",
        "golden JSON": "The list of lumisections that every analysis of CMS uses: runs, and in each the ranges "
        "that are good.",
        "GOOD": "Usable: somebody, or a rule, looked and said so.",
        "BAD": "Not usable, with a cause or a comment that says why.",
        "inclusive": "Lost through this at all, also where something else was bad as well.",
        "label": "A name for one moment of the journal, to come back to with “as of”.",
        "late change": "Upstream changed a run that was signed off; a person accepts or rejects what follows.",
        "level": "What a workspace answers for: DPG a detector, POG an object, PAG an analysis quantity.",
        "lumisection": "23.3 seconds of a run: the smallest piece of data that is certified. Short: LS.",
        "manifest": "What made a golden JSON: data sequence, rule and digest, null policy, luminosity source, "
        "SHA-256.",
        "mixed": "Lost through several at once: no single repair would bring it back.",
        "normtag": "Which calibrations make up the official luminosity. Two are never added up.",
        "NOTSET": "Not decided: it waits for a person.",
        "null policy": "What a missing bit counts as in a golden rule: bad, good, or unknown.",
        "official": "Approved by a second person and published; the next version supersedes it, and keeps it.",
        "OMS": "Online monitoring system of CMS: the source of runs, lumisections, bits and luminosity.",
        "on-call expert": "Completes runs, and corrects what shifters said of them.",
        "PAG": "Physics analysis group: quantities made of several objects.",
        "POG": "Physics object group: answers for one reconstructed object, such as muons.",
        "product": "A published list, with its manifest and its digest; a second person makes it official.",
        "proposal": "What an outside program says of a column. It counts only once a person accepts it.",
        "recorded": "Luminosity of which CMS took data; always less than the delivered.",
        "rule": "A condition over run, bits and verdicts, with versions. It decides where no person spoke.",
        "run": "CMS taking data without a stop; it has a number of OMS and is cut into lumisections.",
        "sequence": "The place of a fact in the journal; a higher one was recorded later.",
        "series": "Versions of one published list, of which the newest approved one is official.",
        "sign off": "To say that a run, or a dataset in a workspace, is decided; no lumisection may wait then.",
        "significant": "Worth certifying: only significant runs and datasets are work.",
        "snapshot": "All tables as files at one sequence, for queries and for other programs.",
        "stage": "Where a dataset stands in the processing: online, express (an hour later), prompt (two "
        "days), rereco (months).",
        "STANDBY": "Switched on, but not ready to take data, such as high voltage in standby.",
        "state": "Where the work stands: OPEN, SIGNOFF, COMPLETED; or waiting for the DQM GUI.",
        "status": "Quality of a column on lumisections: GOOD, BAD, STANDBY, EXCLUDED or NOTSET; or EMPTY.",
        "stop reason": "Why the run was ended, such as end of fill or DAQ error.",
        "undecided": "A lumisection of a column that is NOTSET or EMPTY: until it is decided, no sign off.",
        "verdict": "A status with cause and comment, on lumisections of one column of a dataset, by an author.",
        "voice": "Who speaks: a person outranks a rule, and a program only proposes.",
        "workspace": "The group that certifies, and its columns, such as tracker or muon.",
    }
)
#: other ways a head writes a word
ALSO: Mapping[str, str] = MappingProxyType(
    {
        "ls": "lumisection",
        "lumisections": "lumisection",
        "lumisection range": "lumisection",
        "pb⁻¹ at stake": "at stake",
        "by luminosity at stake": "at stake",
        "missing data": "null policy",
        "run class": "class",
        "recorded / delivered": "recorded",
        "rec. pb⁻¹": "recorded",
        "del. pb⁻¹": "delivered",
        "recorded luminosity": "recorded",
        "delivered luminosity": "delivered",
        "signif.": "significant",
        "to decide": "undecided",
        "needs a decision": "undecided",
        "proposed": "proposal",
        "proposals": "proposal",
        "accepted datasets": "accepted dataset",
        "counted": "exclusive",
        "refused records": "feed",
        "labels": "label",
        "rules": "rule",
        "bits": "bit",
        "dcs and beam bits": "bit",
        "override a bit": "bit",
        "programs that propose": "proposal",
    }
)
_BY_LOWER = {name.lower(): name for name in TERMS}
_SHORTEST = 2


def term_of(words: str) -> str | None:
    """Return the term that these words of a head are, in any case and also in the plural; None if none."""
    said = words.strip().lower()
    plural = [said[:-1]] if said.endswith("s") and len(said) > _SHORTEST else []
    return next((_BY_LOWER[name] for name in (ALSO.get(said, said), *plural) if name in _BY_LOWER), None)


def says(words: str) -> str:
    """Return what a word means.

    Raises:
        KeyError: it is no term.
    """
    return TERMS[term_of(words) or words]
