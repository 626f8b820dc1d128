"""Intentions: each command checks rights and sense, then records facts."""
