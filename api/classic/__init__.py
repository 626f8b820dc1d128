"""The paths of the published `runregistry` client, at the root and under `/api`; see docs/client.md."""
