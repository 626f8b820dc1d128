"""People log in with a real browser: page, action, a group left, refused, an ended session said, and out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model import journal
from model.registry import Registry
from simulators.login.people import CLIENT, SECRET
from simulators.login.service import Service
from tests.browser import small
from tests.browser.hand import PATIENCE_MS
from tests.identity import provider
from tests.provision.server import serving

GROUPS_S = 1


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[tuple[str, Service, Registry]]:
    """Give the address of a registry with logins, its login service, and the registry itself."""
    registry = small.opened(tmp_path / "registry.sqlite")
    small.build(registry, (60,))
    # the service is told where its people come back to once the registry has a port
    with provider.serving() as service:
        given = {
            "AUTH": "oidc",
            "OIDC_ISSUER": service.address,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "SESSION_GROUPS_S": str(GROUPS_S),
            "PUBLIC_URL": "{address}",
        }
        with serving(registry.database.url, tmp_path, **given) as address:
            service.clients[CLIENT].returns_to = f"{address}/login/callback"
            yield address, service, registry
    registry.database.dispose()


#: the sentence of the registry, or a button that says beforehand who may
_REFUSED = (
    "#run-actions-refusal :text('Ada Expert may not edit a stop reason'), "
    "#run-actions-body button.is-of-others:has-text('Set stop reason')"
)


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Give a page of a browser that knows nobody."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    found = context.new_page()
    found.set_default_timeout(PATIENCE_MS)
    yield found
    context.close()


def _stop_reason(page: Any, words: str) -> None:
    page.select_option("#run-actions-stop", words)
    # a page that has heard of it meanwhile has shut the button, and is pressed all the same
    page.click("#run-actions-body button:has-text('Set stop reason')", force=True)


def _said(registry: Registry) -> tuple[str, str]:
    with registry.reading() as connection:
        last = list(journal.entries(connection))[-1]
    return last.author, str(getattr(last.event, "attributes", {}).get("stop_reason"))


def test_somebody_logs_in_acts_leaves_the_group_is_refused_and_logs_out(
    page: Any, guarded: tuple[str, Service, Registry]
) -> None:
    address, service, registry = guarded
    here = f"{address}/runs/{small.FIRST}"
    page.goto(here)
    page.click("text=Ada Expert")
    page.wait_for_url(here)
    page.wait_for_selector("#run-actions-body button")
    assert page.inner_text(".shell-known-name") == "Ada Expert"
    assert page.query_selector("#shell-who") is None
    _stop_reason(page, "DAQ error")
    page.wait_for_selector(".shell-toasts .rr-toast")
    assert _said(registry) == ("ada@example.org", "DAQ error")

    service.people["ada"].groups = ["zh"]
    page.wait_for_timeout((GROUPS_S + 1) * 1000)
    _stop_reason(page, "beam dump")
    page.wait_for_selector(_REFUSED)
    assert _said(registry) == ("ada@example.org", "DAQ error")

    service.refresh.clear()
    page.wait_for_timeout((GROUPS_S + 1) * 1000)
    _stop_reason(page, "end of fill")
    # the page's stream may have asked first, and the press only hears that it is over
    page.wait_for_selector(r".shell-session >> text=/(ended your session|session has ended): log in again/")
    page.click(".shell-session >> text=Log in")
    page.click("text=Ada Expert")
    page.wait_for_url(here)
    page.wait_for_selector("#run-actions-body button")

    page.click(".shell-known >> text=Log out")
    page.wait_for_selector("text=You are logged out")
    page.goto(here)
    page.wait_for_selector("text=Who are you?")
    assert _said(registry) == ("ada@example.org", "DAQ error")
