"""Browsers lent from test to test: what somebody left in one is cleared away, what it compiled stays."""

from typing import Any

_LEFT = "local_storage,indexeddb,cache_storage,service_workers"


class Desks:
    """Browsers of one server, each with nobody's cookies and words in it.

    A page of the server stays open in each, so that the next page is opened by the process that has read the
    scripts already; that halves what a page costs. Pages are never lent twice: what a test sets on its page is
    gone with it.
    """

    def __init__(self, browser: Any, origin: str) -> None:
        self._browser, self._origin = browser, origin
        self._free: list[Any] = []

    def lend(self) -> Any:
        """Give a browser that nobody else has; a test opens a page of its own in it."""
        return self._free.pop() if self._free else self._made()

    def put_back(self, context: Any) -> None:
        """Close what was opened in a browser, and clear what was kept there."""
        stays, *opened = context.pages
        for page in opened:
            page.close()
        context.clear_cookies()
        context.clear_permissions()
        session = context.new_cdp_session(stays)
        session.send("Storage.clearDataForOrigin", {"origin": self._origin, "storageTypes": _LEFT})
        session.detach()
        self._free.append(context)

    def close(self) -> None:
        """Close all that are not lent."""
        for context in self._free:
            context.close()

    def _made(self) -> Any:
        context = self._browser.new_context()
        context.new_page().goto(f"{self._origin}/healthz")
        return context
