"""`make pictures`: every screen in both themes from phone to wall, measured, and what docs/looks.md says of it.

The pictures go to a folder with a sheet of them all; the few that the docs show go, small, to docs/pictures.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.harness import ROOT, Server, beside, free_port, run
from benchmarks.looks import THEMES, Look, Screen, looks
from benchmarks.looks_page import write_page
from benchmarks.paper import Sheet, on_paper
from tests.provision.browser import launch_options

_RUN = "/runs/380238"
_REPORT = "/reports?report={report}"
SCREENS = (
    Screen("board", "/", "/?wall=1"),
    Screen("runs", "/runs"),
    Screen("run", _RUN),
    Screen("certify", "/certify/global"),
    Screen("workspace", "/certify/tracker"),
    Screen("decide", "/decide"),
    Screen("map", "/map"),
    Screen("trends", "/trends?era=2024D"),
    Screen("golden", "/golden"),
    Screen("reports", _REPORT),
    Screen("rules", "/rules"),
    Screen("query", "/query"),
    Screen("log", "/log"),
    Screen("cycles", "/cycles"),
    Screen("products", "/products"),
    Screen("lists", "/lists"),
    Screen("consistency", "/consistency"),
    Screen("datasets", "/datasets"),
    Screen("health", "/health"),
    Screen("rights", "/rights"),
    Screen("admin", "/admin"),
    Screen("bulk", "/bulk"),
    Screen("training", "/training"),
    Screen("glossary", "/glossary"),
)
#: what the documentation shows: its name there → the picture it is
SHOWN = {
    "board": "board-1366-dark",
    "wall": "board-3840-dark",
    "run": "run-1366-dark",
    "certify": "certify-1366-light",
    "map": "map-1366-dark",
    "trends": "trends-1366-light",
    "golden": "golden-1366-dark",
    "phone": "decide-360-light",
}
#: what is printed
PRINTED = (
    Sheet("run", _RUN),
    Sheet("certify", "/certify/tracker"),
    Sheet("golden", "/golden"),
    Sheet("reports", _REPORT),
    Sheet("log", "/log"),
    Sheet("board", "/"),
)
#: what the pages of reports and queries show
_BESIDES = (
    ("-m", "flask", "--app", "app", "report", "make", "era", "2024D"),
    ("-m", "flask", "--app", "app", "snapshot", "make"),
)
_FOLDER = ROOT / "docs" / "pictures"
_WIDEST_PX, _COLOURS = 1600, 128
#: as `make run` numbers them: no run of 2024 has these
_REPLAYED_FROM = 388_801
_REPLAYED_WITHIN_S = 120


@contextmanager
def product(home: Path, data: Path | None) -> Iterator[str]:
    """Start the product on the demo year in a folder, with a fill that is replayed, and give its address.

    Args:
        data: a data folder with the demo year, which is copied; it is loaded where there is none.
    """
    demo = home / "demo"
    if data:
        shutil.copytree(data, demo, ignore=shutil.ignore_patterns("cache", "background", "*.sock", "metrics"))
    loading = () if data else (("-m", "ingest", "demo"),)
    for words in (*loading, *_BESIDES):
        if (ran := run(words, demo)).code:
            raise SystemExit(f"{' '.join(words)}: {ran.output[-500:]}")
    with ExitStack() as stack:
        server = stack.enter_context(Server(demo))
        newest = server.json("/api/v1/runs?limit=1")["runs"][0]["run_number"]
        port = free_port()
        numbered = ("--from-run", "379349", "--first-number", str(max(_REPLAYED_FROM, newest + 1)))
        for words in (
            ("simulators.oms", "--port", str(port), "--speed", "10", *numbered),
            ("ingest", "oms", "--follow", "--url", f"http://127.0.0.1:{port}/agg/api/v1"),
            ("jobs", "stream"),
            ("jobs", "query"),
        ):
            stack.enter_context(beside(demo, *words))
        # until the first replayed run is there the feed is as old as the data
        until = time.monotonic() + _REPLAYED_WITHIN_S
        while server.json("/api/v1/runs?limit=1")["runs"][0]["run_number"] == newest:
            if time.monotonic() > until:
                raise SystemExit("the replayed fill does not arrive")
            time.sleep(1)
        yield f"http://127.0.0.1:{server.port}"


def addressed(screens: Sequence[Any], reports: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the screens with the name of the newest report in their addresses, where there is one."""
    name = reports[0]["name"] if reports else ""
    return [replace(each, path=each.path.format(report=name)) for each in screens]


def kept_for_docs(out: Path) -> int:
    """Write the pictures that the documentation shows, with few colours; return how many bytes they are."""
    _FOLDER.mkdir(exist_ok=True)
    for name, taken in SHOWN.items():
        with Image.open(out / f"{taken}.png") as picture:
            small = picture.convert("RGB")
            small.thumbnail((_WIDEST_PX, _WIDEST_PX * 2), Image.Resampling.LANCZOS)
            small.quantize(_COLOURS, dither=Image.Dither.NONE).save(_FOLDER / f"{name}.png", optimize=True)
    return sum(path.stat().st_size for path in _FOLDER.glob("*.png"))


def contact_sheet(found: Sequence[Look], out: Path) -> None:
    """Write a page with every picture, a row for each screen and theme."""
    rows = [
        f"<tr><th>{escape(name)}<br>{theme}</th>"
        + "".join(
            f'<td><a href="{each.picture(theme)}"><img loading="lazy" src="{each.picture(theme)}" '
            f'alt="{escape(name)} at {each.width} px, {theme}"></a></td>'
            for each in found
            if each.screen == name
        )
        + "</tr>"
        for name in dict.fromkeys(each.screen for each in found)
        for theme in THEMES
    ]
    style = (
        "body{background:#888;font:14px sans-serif}img{height:300px;border:1px solid #000}th{text-align:left}"
    )
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Looks</title><style>{style}</style>'
    (out / "index.html").write_text(f"{page}<table>{''.join(rows)}</table></html>", encoding="utf-8")


def main() -> int:
    """Take the pictures; return 1 where a page does not hold what docs/looks.md asks of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "run-registry-pictures")
    parser.add_argument("--data", type=Path, help="data folder with the demo year; it is copied")
    parser.add_argument("--url", help="a registry that runs already, instead of one that is started")
    parser.add_argument(
        "--only", default="", help="names of screens, by commas; nothing under docs is written then"
    )
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    only = {name for name in asked.only.split(",") if name}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="run-registry-pictures-")))
        origin = asked.url or stack.enter_context(product(home, asked.data))
        browser = stack.enter_context(sync_playwright()).chromium.launch(**launch_options())
        request = browser.new_context().request
        kept = request.get(f"{origin}/api/v1/reports").json()["reports"]
        chosen = [s for s in addressed(SCREENS, kept) if not only or s.name in only]
        found = []
        for each in looks(browser, origin, chosen, asked.out):
            found.append(each)
            print(
                f"{each.screen} at {each.width} px: moved {each.shift:.3f}, {each.still_s:.1f} s",
                file=sys.stderr,
                flush=True,
            )
        sheets = [s for s in addressed(PRINTED, kept) if not only or s.name in only]
        printed = on_paper(browser, origin, sheets, asked.out)
        version = browser.version
        browser.close()
    contact_sheet(found, asked.out)
    if not only:
        write_page(found, printed, kept_for_docs(asked.out) / 1024, version)
    for each in found:
        for said in () if each.holds else (*each.moved, *each.complaints):
            print(f"{each.screen} at {each.width} px: {said}", file=sys.stderr)
    print(f"{len(found)} pictures and {len(printed)} printed pages in {asked.out}; index.html shows them")
    return 0 if all(each.holds for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
