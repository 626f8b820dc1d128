"""What the doors of explanations, proposals, views, webhooks and feeds answer, as documented."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers import Recorded, Span, Told
from model.rulebook.texts import RuleText


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


class ToldProposal(BaseModel):
    """A status that a program proposes on lumisections."""

    id: int
    run_number: int
    dataset: str
    column: str
    span: Span
    status: str
    score: float | None
    program: str
    version: str
    reason: str


class Proposals(Told):
    """Proposals that wait for an answer."""

    proposals: list[ToldProposal]


class AgreementWith(BaseModel):
    """How people answered one program; `share` of the answered ones that were accepted."""

    program: str
    accepted: int
    rejected: int
    open: int
    share: float | None


class Agreements(Told):
    """How people answered each program."""

    programs: list[AgreementWith]


class ToldView(BaseModel):
    """An address under a name."""

    owner: str
    name: str
    path: str
    search: dict[str, str]
    is_shared: bool
    address: str


class Views(Told):
    """Views that whoever asks sees."""

    views: list[ToldView]


class ToldWebhook(BaseModel):
    """An address that is told, without its secret."""

    id: int
    url: str
    author: str
    made_at: str
    is_active: bool
    kinds: list[str] = Field(description="of events; product-official alone: new products")
    state: str
    told: int = Field(description="sequence up to which it was told")
    attempts: int = Field(description="in vain, at the next event")
    due_at: str | None
    failing_since: str | None
    given_up_at: str | None


class Webhooks(BaseModel):
    """Every webhook."""

    sequence: int
    webhooks: list[ToldWebhook]


class NewWebhook(BaseModel):
    """A webhook and its secret, told once."""

    id: int
    secret: str


class WebhookNumber(BaseModel):
    """Which webhook."""

    id: int


class ToldDelivery(BaseModel):
    """One product told to one address."""

    webhook_id: int
    product: str
    attempts: int
    due_at: str | None
    tried_at: str | None
    delivered_at: str | None
    answer: str


class Deliveries(BaseModel):
    """What an address was told, the last first."""

    deliveries: list[ToldDelivery]


class ToldFeed(BaseModel):
    """One feed: when it last got an answer, its normal lag, what is wrong now."""

    name: str
    at_ms: int | None = Field(description="ms since 1970; null where it never got an answer")
    normal_s: float
    trouble: str


class Feeds(BaseModel):
    """Feeds that a worker speaks for."""

    now_ms: int
    feeds: list[ToldFeed]


class ToldColumn(BaseModel):
    """A column: where it stands, and how people call it."""

    name: str = Field(description="workspace-column, as it is written everywhere")
    places: list[str] = Field(description="offline, online: certified; offline-local, online-local: shown only")
    label: str


class ToldWorkspace(BaseModel):
    """A workspace; its causes are those that it has besides the common ones."""

    name: str
    level: str | None
    label: str
    columns: list[ToldColumn]
    causes: list[str]


class Workspaces(Told):
    """Who certifies what."""

    workspaces: list[ToldWorkspace]


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
