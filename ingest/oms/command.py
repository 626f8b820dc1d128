"""`python -m ingest oms --follow | --once | --run N`: what OMS has, into the registry; safe to run twice."""

import logging

import requests

from ingest.oms.client import Oms
from ingest.oms.connection import Connection, Pace
from ingest.oms.errors import NotAllowed
from ingest.oms.follow import Follower, Habits
from ingest.oms.tokens import Credentials, Tokens
from model.db import Database
from model.leases import Lease
from settings import Settings

log = logging.getLogger(__name__)


def follower(database: Database, settings: Settings, url: str = "") -> Follower:
    """Return who follows OMS as the settings say.

    Raises:
        NotAllowed: no address is set, or a token would go unencrypted to another machine.
    """
    base = url or settings.oms_url
    if not base:
        raise NotAllowed("OMS_URL is not set: there is no OMS to follow.")
    session = requests.Session()
    session.trust_env = False
    session.verify = settings.oms_ca_file or True
    tokens = None
    if settings.oms_auth != "none":
        _require_encrypted(base, settings.oms_token_url)
        secret = settings.oms_client_secret.get_secret_value()
        own = (settings.oms_token_url, settings.oms_client_id, secret, settings.oms_audience)
        tokens = Tokens(session, Credentials(*own, is_exchanged=settings.oms_auth == "exchange"))
    oms = Oms(Connection(base, session, Pace(settings.oms_requests_per_s), tokens))
    habits = Habits(settings.oms_poll_s, settings.oms_whole_read_s, settings.oms_first_run)
    return Follower(database, oms, habits)


def run(who: Follower, here: str, *, once: bool, run_number: int | None) -> int:
    """Follow OMS until stopped, or ask once, or read one run.

    Args:
        here: name of this host: of several that follow, one asks.

    Raises:
        OmsError: asked once, and OMS did not answer.
    """
    if run_number is not None:
        log.info("run %d: %d events", run_number, who.refresh(run_number))
    elif once:
        log.info("%d events", who.once())
    else:
        log.info("following OMS every %g s", who.habits.poll_s)
        with Lease(who.database, "OMS", here).kept() as lease:
            who.follow(lambda: lease.is_held)
    return 0


def _require_encrypted(*addresses: str) -> None:
    for address in addresses:
        if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise NotAllowed(f"“{address}” is not https: the secret of this registry would be seen on the way.")
