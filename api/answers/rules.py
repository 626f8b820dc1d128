"""What the doors of rules, their drafts and their explanations answer."""

from typing import Any

from pydantic import BaseModel, Field, RootModel

from api.answers.common import Recorded, Span, Told
from model.rulebook.texts import RuleText


class Rules(RootModel[dict[str, dict[str, Any]]]):
    """Kept rules by name."""


class ToldStep(BaseModel):
    """One part of a rule on one lumisection; `truth` is null where missing data leaves it open."""

    pointer: str
    op: str
    text: str
    truth: bool | None
    values: dict[str, Any]
    children: list["ToldStep"] = []


class ToldExplanation(BaseModel):
    """What a rule says of one lumisection, and the fewest parts that decide it."""

    rule: str
    version: int
    value: Any
    result: bool | None
    blame: list[ToldStep]
    tree: ToldStep


class ToldVoice(BaseModel):
    """What somebody said."""

    status: str
    cause: str
    comment: str
    author: str
    is_person: bool
    range: Span
    since: int


class ToldCell(BaseModel):
    """Why a status is what it is."""

    column: str
    verdict: ToldVoice | None
    overruled: ToldVoice | None
    rules: list[ToldExplanation]
    note: str


class ToldDraft(BaseModel):
    """A rule that somebody proposes."""

    name: str
    state: str = Field(description="draft, or back-tested")
    by: str = Field(description="who drafted it; an official rule is made active by somebody else")
    digest: str = Field(description="SHA-256 of its logic")
    text: RuleText
    tested: dict[str, Any] | None = Field(description="what its last back-test found; null before it")


class RuleDrafts(Told):
    """Drafts of rules that are open, by name."""

    drafts: list[ToldDraft]


class KeptDraft(Recorded):
    """A draft that was kept."""

    digest: str = Field(description="SHA-256 of its logic: what is going to be made active")


class ToldChange(BaseModel):
    """Lumisections on which a rule would say otherwise."""

    before: str
    after: str
    lumisections: int
    recorded_invpb: float
    runs: int
    ranges: dict[str, str] = Field(description="by run, of the first 200 runs, in words")


class Considered(BaseModel):
    """What a rule was tested over."""

    lumisections: int
    runs: int
    recorded_invpb: float


class Backtest(BaseModel):
    """What a rule would change; luminosity recorded, in 1/pb."""

    pattern: str
    era: str
    sequence: int = Field(description="of the data that it was tested on")
    considered: Considered
    changes: list[ToldChange]
    sentence: str


class KeptBacktest(Recorded):
    """A back-test that its draft keeps."""

    tested: Backtest
