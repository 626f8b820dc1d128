"""What Schemathesis makes up after the document is answered as documented, or refused; never a failure."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from benchmarks.contract import fuzz, prepare
from model.cache import Cache
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry, registry, use
from tests.conftest import Counted

#: each door thrice; the drill asks twenty times as much
CASES = 200


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """Serve a small registry; the server of the application is one per process."""
    import settings

    monkeypatch.setattr(settings, "load", lambda: settings.Settings(data_dir=tmp_path))
    import app

    url = f"sqlite:///{tmp_path / 'registry.sqlite'}"
    prepare(url)
    before, database = registry(), Database(url)
    use(Registry(database, GoldenRoom(Cache())))
    server = make_server("127.0.0.1", 0, app.server, threaded=True)
    serving = Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()
    use(before)
    database.dispose()


def test_no_door_fails_or_answers_what_is_not_documented(address: str, counted: Counted) -> None:
    import app

    told = fuzz(app.server.api_doc, address, CASES)
    assert not told.wrong
    assert not [status for status in told.statuses if status >= 500]
    # neither all nonsense nor all harmless
    assert min(told.statuses[200], told.statuses[422]) > CASES // 10
    counted("requests made after the document answered as documented", told.cases, told.cases)
