"""Backups: made while people write, verified when they are made, restored into an empty registry."""
