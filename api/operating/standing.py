"""What the registry tells of itself at the moment somebody asks: the same whichever process answers."""

from collections.abc import Iterator

import orjson
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import Connection

from model import feeds
from model.cache import Cache, key
from model.clock import to_us
from model.jobs import jobs
from model.journal import sequence_now
from model.products.deliveries import count_waiting
from model.queries.changes import count_kinds
from model.queries.feeds import count_refusals
from model.registry import Registry


def standing(registry: Registry) -> Iterator[Metric]:
    """Yield what stands now."""
    now_us = to_us(registry.clock())
    with registry.reading() as connection:
        at = sequence_now(connection)
        yield GaugeMetricFamily("run_registry_journal_sequence", "the last sequence", value=at)
        yield _kinds(connection, registry.golden.cache, at)
        size = registry.database.size_bytes(connection)
        yield GaugeMetricFamily("run_registry_database_bytes", "what the database takes", value=size)
        waiting = count_waiting(connection)
        yield GaugeMetricFamily("run_registry_webhook_deliveries_waiting", "not taken yet", value=waiting)
        refused = count_refusals(connection)
        yield GaugeMetricFamily("run_registry_feed_records_refused", "records not taken", value=refused)
        yield from _feeds(connection, now_us)
        yield from _jobs(connection, registry)


def _kinds(connection: Connection, cache: Cache, at: int) -> Metric:
    """Count events by kind: from where somebody counted last, kept for all processes."""
    name = key("events by kind")
    since, counts = orjson.loads(cache.get(name) or b"[0, {}]")
    if since > at:
        since, counts = 0, {}
    for kind, n in count_kinds(connection, since, at).items():
        counts[kind] = counts.get(kind, 0) + n
    cache.set(name, orjson.dumps([at, counts]))
    family = CounterMetricFamily("run_registry_events", "events recorded, by kind", labels=["kind"])
    for kind, n in sorted(counts.items()):
        family.add_metric([kind], n)
    return family


def _feeds(connection: Connection, now_us: int) -> Iterator[Metric]:
    age = GaugeMetricFamily("run_registry_feed_age_seconds", "since the last answer", labels=["feed"])
    normal = GaugeMetricFamily("run_registry_feed_normal_seconds", "usual between two", labels=["feed"])
    for each in feeds.heard(connection):
        if each.answered_at is not None:
            age.add_metric([each.name], max(now_us - to_us(each.answered_at), 0) / 1e6)
        normal.add_metric([each.name], each.normal_s)
    yield from (age, normal)


def _jobs(connection: Connection, registry: Registry) -> Iterator[Metric]:
    ran = GaugeMetricFamily("run_registry_job_last_run_timestamp_seconds", "when it last ran", labels=["job"])
    well = GaugeMetricFamily("run_registry_job_well", "whether it ended well", labels=["job"])
    late = GaugeMetricFamily("run_registry_job_overdue", "whether it should have run since", labels=["job"])
    for each in jobs(connection):
        ran.add_metric([each.name], each.ran_at.timestamp())
        well.add_metric([each.name], float(each.is_well))
        late.add_metric([each.name], float(each.is_late(registry.clock())))
    yield from (ran, well, late)
