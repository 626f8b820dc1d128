"""What the doors of rules take and give, as documented; `body` reads more strictly."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.contract.noun import ASKS

Json = Any
_POINTER = 'JSON pointer to the part of the rule, such as /and/1; "" is the whole rule'


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EvaluateBody(_Exact):
    """A rule, and the data it is asked about."""

    rule: Json = Field(
        description="JsonLogic, up to 2,000 parts and 32 operations deep",
        examples=[{">=": [{"var": "run.oms.energy"}, 6500]}],
    )
    data: Json = Field(
        None,
        description="what variables read: any JSON, up to 20,000 parts and 70 levels deep; null if absent",
        examples=[{"run": {"oms": {"energy": 6800}}}],
    )
    mode: Literal["jsonlogic", "strict"] = Field(
        "jsonlogic", description="jsonlogic: as json-logic-js 2.0.5; strict: missing data leave the answer open"
    )


class CheckBody(_Exact):
    """A rule that is being written; either `rule` or `text`."""

    rule: Json = Field(None, description="the rule as JSON", examples=[{"==": [1, {"var": "run.oms.era"}]}])
    text: str = Field("", description="instead of rule: its text as an editor holds it, finished or not")
    null_policy: Literal["bad", "good", "unknown"] = Field(
        "bad", description="what missing data are going to count as"
    )


class Evaluated(_Exact):
    """The value of a rule."""

    result: Json = Field(
        description="mode jsonlogic: any JSON, null for undefined, NaN and Infinity; "
        "mode strict: true or false, null where missing data leave it open"
    )
    unknown: list[str] | None = Field(
        None, description="in mode strict only: the variables that leave the answer open, in order of name"
    )


class SaidClause(_Exact):
    """One of the conditions that must all hold."""

    pointer: str = Field(description=_POINTER)
    text: str = Field(description="the condition in words")


class SaidLeaf(SaidClause):
    """A part that helps to decide."""

    truth: bool | None = Field(description="whether the part holds; null where missing data leave it open")
    value: Json = Field(description="what JsonLogic gives for the part, before a negation around it")
    variables: dict[str, Json] = Field(description="what its variables hold; null for one that is not there")


class Explained(Evaluated):
    """The value of a rule, and why."""

    clauses: list[SaidClause] = Field(description="the conditions that must all hold, in the order of the rule")
    blame: list[SaidLeaf] = Field(description="the fewest parts that alone force the answer")


class SaidFinding(_Exact):
    """What is wrong or doubtful at one place of a rule."""

    severity: Literal["error", "warning", "info"] = Field(
        description="an error keeps a rule from being active, a warning wants a reason, an info only tells"
    )
    code: str = Field(description="stable name of the finding, for programs")
    pointer: str = Field(description=_POINTER)
    message: str = Field(description="the finding as a sentence")


class Checked(_Exact):
    """What a check found."""

    ok: bool = Field(description="no finding is an error")
    findings: list[SaidFinding] = Field(description="in the order of the rule")
    digest: str | None = Field(description="SHA-256 of canonical; null where the rule cannot be read")
    canonical: str | None = Field(
        description="the minimal JSON text with sorted keys; null where it cannot be read"
    )
    variables: list[str] = Field(description="whole paths of the variables it reads, in order of name")


def documented(body: type[BaseModel]) -> dict[str, Any]:
    """Return the extension of an operation that documents its body without reading it."""
    content = {"application/json": {"schema": body.model_json_schema()}}
    return {**ASKS, "requestBody": {"content": content, "required": True}}


def answers(model: type[BaseModel]) -> dict[Any, Any]:
    """Return the model of an answer, by its status."""
    return {200: model}
