"""Tokens for OMS: client credentials, for its audience at once or exchanged for it.

Source: how public clients of OMS, and the system in use, get theirs.
"""

import time
from dataclasses import dataclass

import requests

from ingest.oms.errors import NotAllowed, Unreachable

_TIMEOUT_S = 20
#: a token is fetched anew so long before it ends
_EARLY_S = 10.0
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@dataclass(frozen=True)
class Credentials:
    """Who this registry is at the token service, and whom its token is for."""

    url: str
    client_id: str
    client_secret: str
    audience: str
    is_exchanged: bool


class Tokens:
    """One token, kept until shortly before it ends."""

    def __init__(self, session: requests.Session, credentials: Credentials) -> None:
        self._session, self._mine = session, credentials
        self._token, self._until = "", 0.0

    def token(self) -> str:
        """Return a token that is good now.

        Raises:
            NotAllowed: the service does not know this registry.
            Unreachable: it does not answer.
        """
        if not self._token or time.monotonic() >= self._until:
            mine = self._mine
            own = {"client_id": mine.client_id, "client_secret": mine.client_secret}
            audience = {} if mine.is_exchanged else {"audience": mine.audience}
            token, life_s = self._ask({"grant_type": "client_credentials", **own, **audience})
            if mine.is_exchanged:
                asked = {"grant_type": _EXCHANGE, "requested_token_type": _ACCESS_TOKEN, "subject_token": token}
                token, life_s = self._ask({**asked, **own, "audience": mine.audience})
            self._token, self._until = token, time.monotonic() + max(life_s - _EARLY_S, life_s / 2)
        return self._token

    def forget(self) -> None:
        """Fetch another one next time: this one was not accepted."""
        self._token = ""

    def _ask(self, form: dict[str, str]) -> tuple[str, float]:
        url = self._mine.url
        try:
            answer = self._session.post(url, form, timeout=_TIMEOUT_S, allow_redirects=False)
        except requests.RequestException as error:
            raise Unreachable(f"The token service {url} does not answer: {type(error).__name__}.") from error
        if answer.status_code in (400, 401, 403):
            raise NotAllowed(f"The token service {url} does not know {self._mine.client_id}.")
        try:
            told = answer.json()
            return str(told["access_token"]), float(told["expires_in"])
        except (requests.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise Unreachable(f"The token service {url} gave no token: HTTP {answer.status_code}.") from error
