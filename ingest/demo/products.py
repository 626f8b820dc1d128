"""The demo's products: the lists of its two calls and a DCS-only one, each proposed and approved."""

from collections.abc import Callable, Iterator

from ingest.demo.people import APPROVER, PROPOSER
from ingest.working_set.selections import EXPRESS, PROMPT
from model import asof
from model.authors import Author
from model.cache import Cache
from model.commands.products import approve_product, propose_product
from model.golden.golden import GoldenRoom, Question
from model.journal import Transaction
from model.products.manifest import Draft
from model.rulebook.book import rule_version

Step = Callable[[Transaction], object]
_COORDINATORS = frozenset({"cms-dqm-runregistry-data-certification"})
#: name, series, rule, datasets
_Made = tuple[str, str, str, str]
MADE: dict[str, tuple[_Made, ...]] = {
    "call-380649": (("Cert_Collisions2024_378981_380649_Golden", "golden-2024", "golden-2024", PROMPT),),
    "call-381594": (
        ("Cert_Collisions2024_378981_381594_Golden", "golden-2024", "golden-2024", PROMPT),
        ("DCSOnly_Collisions2024_378981_381594", "dcs-only-2024", "dcs-only-2024", EXPRESS),
    ),
}


def steps(label: str) -> Iterator[Step]:
    """Yield what two illustrative coordinators do at a label."""
    for made in MADE[label]:
        yield _proposed(label, made)
        yield _approved(made[0])


def _proposed(label: str, made: _Made) -> Step:
    name, series, rule, pattern = made

    def step(tx: Transaction) -> None:
        at = asof.resolve(tx.connection, label)
        question = Question(rule_version(tx.connection, rule, at), pattern, at)
        golden = GoldenRoom(Cache()).golden(tx.connection, question)
        draft = Draft(name, series, question, golden)
        propose_product(tx, draft, Author(PROPOSER, groups=_COORDINATORS), comment=f"as of {label}")

    return step


def _approved(name: str) -> Step:
    by = Author(APPROVER, groups=_COORDINATORS)
    return lambda tx: approve_product(tx, name, by, comment="compared with the published list")
