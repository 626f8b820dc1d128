"""The change feed through a real server: a page that waits, and a browser that listens."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world

_LISTEN = """after => new Promise((done) => {
    const feed = new EventSource(`/api/v1/stream?events=1&kind=dataset-created&after=${after}`);
    feed.onmessage = (said) => { feed.close(); done([said.lastEventId, JSON.parse(said.data)]); };
})"""


def test_a_page_that_waits_is_answered_by_what_is_recorded(
    kept: Registry, origin: str, new_number: int
) -> None:
    head = world.now(kept)
    with ThreadPoolExecutor(9) as pool:
        # more of them than the server has threads
        asked = f"{origin}/api/v1/events?after={head}&run_number={new_number}&wait=30&payload=false"
        pages = [pool.submit(lambda: urlopen(asked, timeout=60).read()) for _ in range(9)]
        with urlopen(f"{origin}/api/v1/version", timeout=10) as answer:
            assert json.load(answer)["sequence"] == head
        small.add_run(kept, new_number)
        for page in pages:
            (first, *_) = json.loads(page.result())["events"]
            assert (first["kind"], first["run_number"]) == ("run-reported", new_number)


def test_a_browser_hears_events_as_they_are(
    kept: Registry, open_hand: Callable[..., Hand], new_number: int
) -> None:
    hand, head = open_hand(), world.now(kept)
    hand.go("/health")
    small.add_run(kept, new_number)
    number, said = hand.page.evaluate(_LISTEN, head)
    assert int(number) == said["sequence"] > head
    assert (said["kind"], said["run_number"]) == ("dataset-created", new_number)
