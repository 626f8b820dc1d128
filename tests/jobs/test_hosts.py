"""Two hosts, a worker, PostgreSQL and Redis, for some seconds: everything is answered, and nothing is lost."""

from pathlib import Path

from benchmarks.hosts import Size, together


def test_two_hosts_share_one_registry_and_lose_nothing_while_parts_of_it_are_killed(tmp_path: Path) -> None:
    found = list(together(tmp_path, Size(viewers=6, writers=3, seconds=2.5, break_s=2.5, workers=1)))
    assert not [f"{each.name}: {each.printed}" for each in found if not each.holds]
    assert len(found) == 13
