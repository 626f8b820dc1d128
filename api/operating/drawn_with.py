"""What pages are drawn with: our scripts as one file, our styles as another, all of it packed hard, once."""

import fcntl
import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, Thread

import brotli
from flask import Flask, Response, request, send_file

log = logging.getLogger(__name__)
FOLDER = Path(__file__).parents[2] / "assets"
PLOTLY = FOLDER / "vendor" / "plotly-cartesian.min.js"
#: where Dash looks for it
PLOTLY_ADDRESS = "/_dash-component-suites/plotly/package_data/plotly.min.js"
_DRAWN = ("/assets/", "/_dash-component-suites/")
#: an address that says what lies there: it never changes
_ALWAYS = "public, max-age=31536000, immutable"
#: what is smaller gains nothing
_LEAST_BYTES = 1_000


@dataclass(frozen=True)
class Bundle:
    """Several files as one, under an address that names its contents."""

    name: str
    mimetype: str
    body: bytes

    @property
    def digest(self) -> str:
        """What names the contents."""
        return hashlib.sha256(self.body).hexdigest()[:20]

    @property
    def address(self) -> str:
        """Where it is."""
        stem, _, kind = self.name.partition(".")
        return f"/assets/{stem}.{self.digest}.{kind}"


def scripts(folder: Path = FOLDER) -> Bundle:
    """Return all scripts of the folder, in the order of their names."""
    # each is a function that is called at once, so that they share no names; a line ends a last comment
    return Bundle("all.js", "text/javascript", _joined(sorted(folder.glob("*.js")), b"\n;\n"))


def styles(folder: Path = FOLDER) -> Bundle:
    """Return all styles of the folder, the framework's after ours."""
    return Bundle("all.css", "text/css", _joined([*sorted(folder.glob("*.css")), *_framework(folder)], b"\n"))


def _framework(folder: Path) -> list[Path]:
    return sorted((folder / "vendor").glob("*.css"))


def _joined(files: Iterable[Path], between: bytes) -> bytes:
    return b"".join(file.read_bytes() + between for file in files)


def _beside(work: Callable[[], None]) -> None:
    Thread(target=work, name="packing", daemon=True).start()


class Packed:
    """Answers that were packed as hard as can be, by what is in them, in a folder that all workers share.

    That takes seconds for the largest, so it is done beside the requests; until then they are packed as others.
    """

    def __init__(self, folder: Path, beside: Callable[[Callable[[], None]], None] = _beside) -> None:
        self._folder, self._beside = folder, beside
        self._known: dict[str, bytes] = {}
        self._asked: dict[str, Path] = {}
        self._lock = Lock()

    def find(self, path: str, read: Callable[[], bytes]) -> bytes | None:
        """Return what lies at an address, packed; None while it is not."""
        if path in self._known:
            return self._known[path]
        with self._lock:
            if path not in self._asked:
                body = read()
                self._asked[path] = self._folder / f"{hashlib.sha256(body).hexdigest()}.br"
                if not self._asked[path].exists():
                    self._beside(partial(self._pack, self._asked[path], body))
        if self._asked[path].exists():
            self._known[path] = self._asked[path].read_bytes()
        return self._known.get(path)

    def _pack(self, kept: Path, body: bytes) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self._folder / "lock").open("w") as lock:
                # one process of the host packs each of them, one after the other
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not kept.exists():
                    part = kept.with_suffix(".part")
                    part.write_bytes(brotli.compress(body, quality=11))
                    part.rename(kept)
        except OSError as error:
            # a full disk: they stay packed as others
            log.warning("%s is not kept packed: %s", kept.name, error)


def install(server: Flask, kept: Path, sent_before: Mapping[str, tuple[str, ...]]) -> tuple[Bundle, Bundle]:
    """Serve them; return scripts and styles, for the page to name.

    Args:
        kept: the folder of what was packed.
        sent_before: by the beginning of a page's path, the libraries that a browser begins to read at once.
    """
    packed, bundles = Packed(kept), (scripts(), styles())
    for bundle in bundles:
        _serve(server, bundle)

    @server.get(PLOTLY_ADDRESS)
    def plotly() -> Response:
        """Serve the parts of Plotly that our figures are made of, a third of all, where Dash looks for it."""
        return send_file(PLOTLY, mimetype="text/javascript", max_age=3600)

    @server.after_request
    def send(response: Response) -> Response:
        if response.status_code == 200:
            if request.path.startswith(_DRAWN):
                _pack(response, packed)
            elif response.mimetype == "text/html" and (early := _early(request.path, sent_before)):
                response.headers["Link"] = ", ".join(f"<{each}>; rel=preload; as=script" for each in early)
        return response

    return bundles


def _serve(server: Flask, bundle: Bundle) -> None:
    stem, _, kind = bundle.name.partition(".")

    def serve(digest: str) -> Response:
        # a page of the program before this one may ask for its own: it gets ours, and keeps nothing
        response = Response(bundle.body, mimetype=bundle.mimetype)
        response.headers["Cache-Control"] = _ALWAYS if digest == bundle.digest else "no-store"
        return response

    server.add_url_rule(f"/assets/{stem}.<digest>.{kind}", f"bundled_{kind}", serve)


def _pack(response: Response, packed: Packed) -> None:
    if not request.accept_encodings.quality("br") or (response.content_length or 0) < _LEAST_BYTES:
        return
    response.direct_passthrough = False
    found = packed.find(request.path, response.get_data)
    if found is not None:
        # its tag stays that of what is inside: Dash compares it by itself
        response.set_data(found)
        response.headers["Content-Encoding"] = "br"
        response.vary.add("Accept-Encoding")


def _early(path: str, sent_before: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = [begins for begins in sent_before if path == begins or (begins != "/" and path.startswith(begins))]
    return sent_before[max(found, key=len)] if found else ()
