"""What a run is, and whether anybody needs to look at it."""

from ingest.working_set.clauses import Logic, bit, either, every, is_class
from model.rulebook.texts import Purpose, RuleText

#: first and last run number of 2024's data taking
YEAR = (374000, 389000)
COLLISIONS, HEAVY_ION, COSMICS, COMMISSIONING = "Collisions24", "HICollisions24", "Cosmics24", "Commissioning24"
#: a run that recorded more than this had collisions, 1/pb
_RECORDED_INVPB = 0.01
_SHORTEST_COSMICS = 20


def rules() -> dict[str, RuleText]:
    """Return the rules of runs by name."""
    stable = every([bit("beam1_stable", True), bit("beam2_stable", True)])
    recorded: Logic = {">": [{"var": "run.oms.recorded_lumi"}, _RECORDED_INVPB]}
    ions = either([{"==": [{"var": "run.oms.fill_type_runtime"}, "IONS"]}, _key("/hiCollisions")])
    collisions = every([_in_year(), either([stable, recorded])])
    heavy_ion = every([_in_year(), either([stable, recorded]), ions])
    long_cosmics = [{">=": [{"var": "run.oms.ls_duration"}, _SHORTEST_COSMICS]}]
    return {
        "class-heavy-ion-2024": _class(
            heavy_ion, HEAVY_ION, 10, "Ions, beams stable somewhere or luminosity recorded."
        ),
        "class-collisions-2024": _class(
            collisions, COLLISIONS, 20, "Beams stable somewhere or luminosity recorded."
        ),
        "class-cosmics-2024": _class(every([_in_year(), _key("/cosmic")]), COSMICS, 30, "A cosmics menu."),
        "class-commissioning-2024": _class(
            _in_year(), COMMISSIONING, 90, "Any run of the year that no stronger rule claims."
        ),
        "significant-collisions-2024": _significant(
            is_class(COLLISIONS, HEAVY_ION), "Every run with collisions is looked at."
        ),
        "significant-cosmics-2024": _significant(
            every([is_class(COSMICS), *long_cosmics]),
            f"Cosmics of at least {_SHORTEST_COSMICS} lumisections are looked at.",
        ),
    }


def _in_year() -> Logic:
    number = {"var": "run.run_number"}
    return every([{">=": [number, YEAR[0]]}, {"<=": [number, YEAR[1]]}])


def _key(part: str) -> Logic:
    return {"in": [part, {"var": "run.oms.hlt_key"}]}


def _class(logic: Logic, value: str, priority: int, description: str) -> RuleText:
    return RuleText(logic, "bad", description, "online", Purpose.CLASS, "class", value, priority)


def _significant(logic: Logic, description: str) -> RuleText:
    return RuleText(logic, "bad", description, "online", Purpose.SIGNIFICANCE, "significant", "true", 10)
