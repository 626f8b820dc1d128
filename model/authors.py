"""Who says something: a person or a machine, with groups."""

from dataclasses import dataclass, field

from model.policy import Policy


@dataclass(frozen=True)
class Scope:
    """What a program's token allows, whatever its groups: these actions, in these workspaces, or in all."""

    actions: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Author:
    """A person or a program. `groups` carry the rights, or `scope` does; they are not part of the journal."""

    name: str
    is_person: bool = True
    groups: frozenset[str] = frozenset()
    full_name: str = ""
    scope: Scope | None = None
    #: what the groups are worth; None: what ships
    policy: Policy | None = field(default=None, compare=False, repr=False)


#: begins the name of every program that is known by a token
PROGRAM = "program:"

#: begins the name of every group that the registry itself gives; nobody brings one from outside
RESERVED = "run-registry-"

#: what ingest acts as; the history it brings keeps its own authors
IMPORTER = Author("ingest", is_person=False, groups=frozenset({"run-registry-importers"}))

#: what the registry itself does in consequence of an act: datasets that are born when a run is signed off
REGISTRY = Author("registry", is_person=False, groups=frozenset({"run-registry-importers"}))

#: publishes at night what two persons once made official
SCHEDULE = Author("schedule", is_person=False, groups=frozenset({"run-registry-importers"}))

#: who records what rules decided; each verdict names its own rule
RULES = Author("rules", is_person=False, groups=frozenset({"run-registry-importers"}))

#: who types at the machine that the registry runs on
OPERATOR = Author("operator", True, frozenset({"run-registry-operators"}), "The operator")

#: asks where nobody does: a program that is started by hand, a page that is laid out once
NOBODY_ASKS = Author("nobody", is_person=False)

#: speaks where no rule of a list holds, or missing data leaves it open
NOBODY = "rule:none@0"

#: ends the name of every author that was made up for a demonstration
ILLUSTRATIVE = "(illustrative)"
