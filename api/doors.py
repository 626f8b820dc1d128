"""Every door of the API, put into a server."""

from flask_openapi3.openapi import OpenAPI

from api import (
    accepted,
    bits,
    bulk,
    columnar,
    cycles,
    datasets,
    decisions,
    era_map,
    events,
    findings,
    golden,
    golden_causes,
    grid,
    health,
    late_changes,
    lists,
    losses,
    luminosity,
    lumisection_ranges,
    problems,
    product_feed,
    products,
    proposals,
    query,
    reports,
    rule_drafts,
    rules,
    rules_check,
    run_table,
    runs,
    snapshots,
    stream,
    training,
    verdicts,
    views,
    webhooks,
    workflow,
    workspaces,
)
from api.classic import doors as classic
from api.contract import deprecated, errors, readable, reads, seen, writes
from api.operating import manual

NOUNS = (
    accepted,
    bits,
    bulk,
    columnar,
    cycles,
    datasets,
    decisions,
    era_map,
    events,
    findings,
    golden,
    golden_causes,
    grid,
    health,
    late_changes,
    lists,
    losses,
    luminosity,
    lumisection_ranges,
    problems,
    product_feed,
    products,
    proposals,
    query,
    reports,
    rule_drafts,
    rules,
    rules_check,
    run_table,
    runs,
    snapshots,
    stream,
    training,
    verdicts,
    views,
    webhooks,
    workflow,
    workspaces,
)


def install(server: OpenAPI) -> None:
    """Open every noun of API v1 and the published client's paths, and what all of them have in common."""
    for noun in NOUNS:
        server.register_api(noun.blueprint)
    classic.install(server)
    manual.install(server)
    for common in (errors, readable, seen, reads, writes, deprecated):
        common.install(server)
