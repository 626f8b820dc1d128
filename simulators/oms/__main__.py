"""`python -m simulators.oms --port 8071 --speed 100`: serve a replayed fill until interrupted."""

import argparse
from datetime import timedelta

from simulators.oms.fill import FILL, read_fill
from simulators.oms.server import Oms
from simulators.oms.store import Store, utc_now


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m simulators.oms", description=__doc__)
    parser.add_argument("--port", type=int, default=8071)
    parser.add_argument("--speed", type=float, default=1.0, help="replay seconds per second, 1 to 1000")
    parser.add_argument("--fill", type=int, default=FILL, help="fill of eras A to E of 2024")
    parser.add_argument("--from-run", type=int, default=0, help="leave out the runs before this one")
    parser.add_argument(
        "--first-number", type=int, help="number of the first run, others follow; else the real ones"
    )
    parser.add_argument(
        "--late-after", type=float, default=3600.0, help="replay seconds until OMS corrects a run"
    )
    parser.add_argument("--page-cap", type=int, default=100_000, help="rows of one page at most")
    parser.add_argument(
        "--token-life", type=float, default=0.0, help="seconds a token is good; 0 asks for none"
    )
    asked = parser.parse_args()
    runs = read_fill(asked.fill, from_run=asked.from_run, first_number=asked.first_number)
    # quicker than real: the fill began so long ago that nothing of it lies in the future
    ago_s = 0.0 if asked.speed <= 1 else runs[-1].ends_s + asked.late_after
    # updates carry the real time: whoever followed an earlier replay goes on with this one
    store = Store(runs, utc_now() - timedelta(seconds=ago_s), asked.late_after, utc_now)
    server = Oms(asked.port, store, speed=asked.speed, page_cap=asked.page_cap, token_life_s=asked.token_life)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
