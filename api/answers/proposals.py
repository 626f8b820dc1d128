"""What the doors of proposals answer."""

from pydantic import BaseModel

from api.answers.common import Span, Told


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
