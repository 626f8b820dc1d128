"""The registry in the words of the published `runregistry` client: its filters, pages and objects."""
