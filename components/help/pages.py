"""Which page has which help."""

from collections.abc import Mapping
from types import MappingProxyType

from components.help.daily import DAILY
from components.help.more import MORE
from components.help.page import Help

#: by the address of the page, or its template
PAGES: Mapping[str, Help] = MappingProxyType({**DAILY, **MORE})
NOWHERE = Help(
    "Run Registry",
    "This address is no page.",
    ("Go to the board.", "Go to a run by its number: press /.", "Open another page from the header."),
)


def help_of(pathname: str) -> Help:
    """Return the help of the page at an address."""
    first, _, rest = pathname.strip("/").partition("/")
    if first == "runs" and rest:
        return PAGES["/runs/<run_number>"]
    return PAGES.get(f"/{first}", NOWHERE)
