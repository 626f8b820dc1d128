"""What a schema knows of its variables, and of names that are nearly theirs."""

from rules.schema import Schema, Variable
from rules.syntax import parse
from rules.unknown import NullPolicy
from tests.rules.checked import SMALL, found


class Counting(Schema):
    """A schema that counts how often it is asked what was meant."""

    asked = 0

    def suggest(self, path: str) -> tuple[str, ...]:
        """Return what was meant."""
        Counting.asked += 1
        return super().suggest(path)


def test_a_schema_holds_its_variables_in_their_order() -> None:
    schema = Schema([Variable("b", "number"), Variable("a", "text", False)])
    assert [each.path for each in schema] == ["b", "a"]
    assert len(schema) == 2
    assert "a" in schema and "c" not in schema
    assert schema.get("c") is None
    assert schema.get("a") == Variable("a", "text", False)


def test_a_right_name_behind_a_wrong_prefix_comes_first() -> None:
    schema = Schema([Variable(path, "text") for path in ("dataset.name", "run.game", "run.number")])
    assert schema.suggest("run.name") == ("dataset.name", "run.game", "run.number")
    assert schema.suggest("RUN.GAMES")[0] == "run.game"
    assert schema.suggest("zzzz") == schema.suggest("") == ()


def test_a_long_name_and_half_a_letter_have_suggestions_too() -> None:
    assert SMALL.suggest("energy" * 500) == ()
    assert SMALL.suggest("\ud800") == ()


def test_names_are_looked_for_a_few_times_only() -> None:
    Counting.asked = 0
    rule = {"and": [{"==": [{"var": f"energy{n}"}, 1]} for n in range(400)]}
    assert len(found(rule, NullPolicy.BAD, Counting(SMALL))) == 400
    assert 0 < Counting.asked <= 20


def test_the_digest_changes_with_anything_that_is_declared() -> None:
    one, other = Variable("a", "number", lowest=0), Variable("a", "number", lowest=1)
    assert Schema([one]).digest == Schema([one]).digest
    assert Schema([one]).digest != Schema([other]).digest


def test_flags_are_variables_that_are_true_or_false_and_never_null() -> None:
    flagged = SMALL.with_flags(["beams"])
    assert found({"var": "flag.beams"}, NullPolicy.BAD, flagged) == set()
    assert found({"==": [{"var": "flag.beams"}, False]}, NullPolicy.BAD, flagged) == set()
    codes = {code for _, code, _ in found({"==": [{"var": "flag.beams"}, "GOOD"]}, NullPolicy.BAD, flagged)}
    assert "type-mismatch" in codes
    assert found({"var": "flag.beam"}, NullPolicy.BAD, flagged) == {("error", "unknown-variable", "")}
    assert flagged.suggest("flag.beam") == ("flag.beams",)
    assert flagged.digest != SMALL.digest
    assert parse({"var": "flag.beams"}).variables <= {each.path for each in flagged}
