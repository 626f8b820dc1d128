"""What this process counts of its requests; processes of one host add up under `PROMETHEUS_MULTIPROC_DIR`."""

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_OWN = CollectorRegistry()
_BUCKETS_S = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Histogram(
    "run_registry_request_seconds",
    "seconds until a request was answered",
    ["method", "route", "status"],
    buckets=_BUCKETS_S,
    registry=_OWN,
)
CALLBACKS = Histogram(
    "run_registry_callback_seconds",
    "seconds until a callback was answered, by the first thing it fills",
    ["output"],
    buckets=_BUCKETS_S,
    registry=_OWN,
)
REFUSALS = Counter("run_registry_refusals", "refusals, by their code", ["code"], registry=_OWN)
FAILURES = Counter("run_registry_failures", "requests that failed in a way nobody foresaw", registry=_OWN)
CACHE = Counter("run_registry_cache_reads", "reads of the shared cache", ["found"], registry=_OWN)
CONNECTIONS = Gauge(
    "run_registry_database_connections",
    "connections to the database in use, when the last request ended",
    multiprocess_mode="livesum",
    registry=_OWN,
)


def cache_read(is_found: bool) -> None:
    """Count a read of the shared cache."""
    CACHE.labels("yes" if is_found else "no").inc()


class _State(Collector):
    def __init__(self, tell: Callable[[], Iterator[Metric]]) -> None:
        self._tell = tell

    def collect(self) -> Iterator[Metric]:
        """Yield what stands."""
        return self._tell()


def exposition(folder: str, state: Callable[[], Iterator[Metric]]) -> bytes:
    """Return everything as Prometheus reads it.

    Args:
        folder: where the processes of this host count; empty where there is this one only.
        state: tells what does not count up in a process.
    """
    counted = _OWN
    if folder:
        counted = CollectorRegistry()
        MultiProcessCollector(counted, folder)  # type: ignore[no-untyped-call]  # its library leaves it so
    standing = CollectorRegistry()
    standing.register(_State(state))
    return generate_latest(counted) + generate_latest(standing)
