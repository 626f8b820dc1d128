"""axe-core, the accessibility checker: one script, fetched from npm for the tests and run inside their pages.

It is put into a page by Playwright, past the page's content policy, so that the product never has to allow it.
"""

import shutil
import tempfile
from pathlib import Path

from tests.provision import TOOLS, Unavailable
from tests.provision.browser import run

PACKAGE = "axe-core@4.14.1"


def find_script(tools: Path = TOOLS) -> Path | None:
    """Return the script, or None where it was not fetched yet."""
    found = tools / f"{PACKAGE.replace('@', '-')}.min.js"
    return found if found.exists() else None


def get_script(tools: Path = TOOLS) -> Path:
    """Return the script; where there is none, fetch it.

    Raises:
        Unavailable: npm is not there, or does not give it.
    """
    found = find_script(tools)
    if found:
        return found
    if not shutil.which("npm"):
        raise Unavailable(f"npm brings {PACKAGE}, and there is no npm.")
    tools.mkdir(parents=True, exist_ok=True)
    home = tools / f"{PACKAGE.replace('@', '-')}.min.js"
    with tempfile.TemporaryDirectory(dir=tools) as scratch:
        work = Path(scratch)
        run("npm", "pack", PACKAGE, "--silent", "--cache", str(work / "cache"), cwd=work)
        run("tar", "-xzf", next(work.glob("*.tgz")).name, cwd=work)
        (work / "package" / "axe.min.js").rename(home)
    return home
