"""The help of the pages under “More”."""

from components.help.page import LIST, Help

MORE: dict[str, Help] = {
    "/cycles": Help(
        "Cycles",
        "What is to be certified until when, and how far each workspace is.",
        (
            "See which workspace is behind.",
            "Make the next cycle of the proposed datasets; each one left out has its reason.",
            "Move the deadline, complete, close or reopen a cycle, with a reason.",
            "Open its datasets in Certify.",
        ),
        (),
        ("cycle", "dataset", "workspace", "sign off"),
    ),
    "/products": Help(
        "Products",
        "Which golden JSON is official, which one is proposed, and what a file is.",
        (
            "Approve or refuse what somebody else proposed.",
            "Download the official list with its manifest.",
            "Drop a file: it is recognised by its content.",
            "Let an address be told when something becomes official.",
        ),
        (),
        ("product", "official", "series", "manifest", "golden JSON"),
        "client",
    ),
    "/lists": Help(
        "Lists",
        "Two lists of lumisections, compared and joined.",
        (
            "Choose a product or drop a file on each side.",
            "See what one has more than the other, in lumisections and pb⁻¹.",
            "Join, cut or subtract them, and save the answer.",
        ),
        (),
        ("product", "lumisection", "golden JSON", "normtag"),
    ),
    "/consistency": Help(
        "Consistency",
        "Runs that contradict themselves, most luminosity first.",
        (
            "Choose a finding to see what contradicts what.",
            "Acknowledge it with a reason; it comes back only when it changes.",
            "Try an override of its bits, see what that costs, and apply it.",
            "Look at the findings of one owner.",
        ),
        (*LIST, ("A O", "acknowledge, try an override")),
        ("finding", "bit", "recorded", "late change"),
    ),
    "/datasets": Help(
        "Datasets",
        "Which datasets a signed-off run gets, and how far people agree with programs.",
        (
            "Find the patterns of a run, a class or a name.",
            "Try patterns on sample names before you keep them.",
            "Add a row, change it, or switch it off, with a reason.",
            "See how often people followed each program that proposes.",
        ),
        (),
        ("accepted dataset", "dataset", "stage", "class", "proposal"),
    ),
    "/health": Help(
        "Health",
        "Whether the registry hears from its sources, and whether its own work is done.",
        (
            "See when each feed last answered, and what is normal for it.",
            "Read which records were refused, and why.",
            "Check jobs, backups, and how far the journal is.",
        ),
        (),
        ("feed", "OMS", "sequence", "snapshot"),
        "operations",
    ),
    "/rights": Help(
        "Rights",
        "Which group may do what; tokens of programs; what was denied.",
        (
            "Find the group that has a right that you miss.",
            "Change a group or a switch, and see who gains and who loses before it holds.",
            "Give a program a token for a workspace and a time, or take it away.",
            "Read what was denied, and to whom.",
        ),
        (),
        ("workspace", "on-call expert", "author"),
        "security",
    ),
    "/admin": Help(
        "Administration",
        "Workspaces with their columns and causes, and labels of the journal.",
        (
            "Add a workspace, a column or a cause, with a reason.",
            "Give this moment a name, to come back to it with “as of”.",
            "See who changed what, and take it back.",
        ),
        (),
        ("workspace", "column", "level", "cause", "label"),
    ),
    "/bulk": Help(
        "Bulk",
        "Many verdicts or changes of state as one action.",
        (
            "Paste rows or a certification JSON, or choose datasets and a status.",
            "Try it first: each line that cannot be is named, nothing is written.",
            "Write all of it or none; it is taken back as one.",
            "Copy columns from one stage to another.",
        ),
        (),
        ("bulk", "verdict", "stage", "state"),
    ),
    "/glossary": Help(
        "Glossary",
        "What the words on these screens mean, each defined once.",
        (
            "Read a word by its name.",
            "On any other page, point at a dotted word, or reach it with Tab.",
            "Look for a word with the browser's own search.",
        ),
    ),
    "/training": Help(
        "Training",
        "Certify what is signed off once more, blind, and compare with what was decided.",
        (
            "Choose a workspace, a stage, a period and how many datasets.",
            "Certify them with the keys of Certify; nothing of it is recorded as a verdict.",
            "Compare: where you and the final decision differ, in lumisections and pb⁻¹.",
        ),
        (),
        ("dataset", "verdict", "workspace", "stage"),
    ),
}
