"""From facts to tables: what each event changes, in the transaction that records it."""

from model.projections.projector import Projector

__all__ = ["Projector"]
