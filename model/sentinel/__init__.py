"""The sentinel: what of a run contradicts itself, computed from what is known of it, never stored."""

from model.sentinel.finding import Finding, Kind
from model.sentinel.sentinel import Sentinel

__all__ = ["Finding", "Kind", "Sentinel"]
