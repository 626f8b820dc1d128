"""Rules as people change them, over HTTP: drafted, tested, made active by a second person, or withdrawn."""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection

from api.answers.common import Recorded
from api.answers.rules import KeptBacktest, KeptDraft, RuleDrafts
from api.contract.noun import AsOf, Seen, noun
from api.contract.reads import reading
from api.contract.writes import is_repeated, once, repeated, write
from identity.here import asker
from model.commands import again
from model.commands import rule_drafts as commands
from model.commands.verdicts import require_seen
from model.errors import NotFound
from model.journal import Transaction, sequence_now
from model.queries.rules import drafts
from model.registry import registry
from model.rulebook.difference import Difference, Over, backtest
from model.rulebook.texts import RuleText, parsed

blueprint = noun("rule_drafts", "/rules", tag="rules")


class Named(BaseModel):
    """A rule."""

    name: str = Field(description="such as golden-2024", max_length=80)


class DraftBody(Seen):
    """A rule as it is going to be."""

    logic: Any = Field(description='JsonLogic, such as {"==": [{"var": "lumisection.rr.dt-dt"}, "GOOD"]}')
    null_policy: str = Field(description="what missing bits count as: bad, good or unknown")
    description: str = ""
    datasets: str = Field("%", description="names of the datasets it is meant for, % stands for any text")
    purpose: str = Field("", description="such as golden or online-verdict; empty for a selection")
    target: str = Field("", description="of a decision list: the column, workspace, class or significant")
    value: str = Field("", description="what a decision list gives where the rule holds")
    priority: int = Field(100, description="a smaller number is stronger, of equals the name that sorts first")
    enabled: bool = True
    comment: str = ""

    def text(self) -> RuleText:
        """Return it in the words of the model."""
        return RuleText(**self.model_dump(exclude={"seen", "comment"}))


class BacktestBody(Seen):
    """What a draft is tested over: as it, and the data, stood at `seen`."""

    dataset: str = Field("%", description="names of datasets, % stands for any text", max_length=200)
    era: str = Field("", description="such as 2024C; every era where not given", max_length=40)


class ActivateBody(Seen):
    """The draft that somebody looked at."""

    digest: str = Field(description="of its logic")
    comment: str = Field("", description="needed where the checker warns")


class WithdrawBody(Seen):
    """Why a draft is taken back."""

    comment: str = ""


@blueprint.get("/drafts", responses={200: RuleDrafts})
def read(query: AsOf) -> dict[str, Any]:
    """Return the drafts that are open, with what their back-tests found."""
    with reading(query.as_of) as (connection, at):
        found = drafts(connection, at)
    return {"sequence": at, "drafts": [asdict(found[name]) for name in sorted(found)]}


@blueprint.post("/<name>/draft", responses={200: KeptDraft})
def draft(path: Named, body: DraftBody) -> dict[str, Any]:
    """Keep a rule as a draft: nothing evaluates it yet."""

    def deed(tx: Transaction) -> dict[str, Any]:
        text = body.text()
        sequence = commands.draft_rule(tx, path.name, text, asker(), seen=body.seen, comment=body.comment)
        return {"sequence": sequence, "digest": parsed(text.logic).digest}

    return write(deed)


@blueprint.post("/<name>/backtest", responses={200: KeptBacktest})
def test(path: Named, body: BacktestBody) -> dict[str, Any]:
    """Say what a draft would change over the datasets of an era; the draft keeps it."""
    asked = once()
    with registry().reading() as connection:
        if (kept := repeated(asked.answered(connection))) is not None:
            return kept
        found = _tested(connection, path.name, Over(body.dataset, body.seen, body.era))

    def deed(tx: Transaction) -> dict[str, Any]:
        told = found.document()
        sequence = commands.record_backtest(tx, path.name, found.closure, told, asker())
        return {"sequence": sequence, "tested": told}

    return write(deed)


@blueprint.post("/<name>/activate", responses={200: Recorded})
def activate(path: Named, body: ActivateBody) -> dict[str, Any]:
    """Make a back-tested draft the rule that holds; runs that are open are decided again."""

    def deed(tx: Transaction) -> dict[str, Any]:
        which = (path.name, body.digest, asker())
        return {"sequence": commands.activate_rule(tx, *which, seen=body.seen, comment=body.comment)}

    told = write(deed)
    if not is_repeated():
        again.follow(registry().database, registry().clock, path.name)
    return told


@blueprint.post("/<name>/withdraw", responses={200: Recorded})
def withdraw(path: Named, body: WithdrawBody) -> dict[str, Any]:
    """Take a draft back; it stays readable in the history."""

    def deed(tx: Transaction) -> dict[str, Any]:
        which = (path.name, asker())
        return {"sequence": commands.withdraw_draft(tx, *which, seen=body.seen, comment=body.comment)}

    return write(deed)


def _tested(connection: Connection, name: str, over: Over) -> Difference:
    here = sequence_now(connection)
    _own_draft(connection, name, here)
    require_seen(over.at, here)
    text = _own_draft(connection, name, over.at)
    return backtest(connection, registry().golden.frames, name, text, over)


def _own_draft(connection: Connection, name: str, at: int) -> RuleText:
    found = drafts(connection, at).get(name)
    if found is None:
        raise NotFound(f"No draft of a rule {name} was open at sequence {at}.")
    commands.require_may_draft(asker(), found.text)
    return found.text
