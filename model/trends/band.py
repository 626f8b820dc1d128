"""A robust band: median ± k·MAD, weighted by luminosity, and what lies outside of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.frames.frames import Floats

#: scales the median absolute deviation to a standard deviation where values are normal
_SCALE = 1.4826
#: where more than half of the values are the same, the band still has this half width
LEAST_HALF_WIDTH = 0.001


@dataclass(frozen=True)
class Band:
    """Where values usually lie.

    Args:
        k: how many scaled MADs its half width is.
    """

    low: float
    median: float
    high: float
    k: float

    def holds(self, value: float) -> bool:
        """Tell whether a value is nothing unusual."""
        return self.low <= value <= self.high


def band(values: Sequence[float], weights: Sequence[float], k: float) -> Band | None:
    """Return the band of values between 0 and 1; None where there is none.

    Args:
        weights: how much each counts; all alike where they add up to nothing.
    """
    if not len(values):
        return None
    each, weight = np.asarray(values, np.float64), np.maximum(np.asarray(weights, np.float64), 0.0)
    if not weight.sum():
        weight = np.ones_like(each)
    median = _median(each, weight)
    half = max(k * _SCALE * _median(np.abs(each - median), weight), LEAST_HALF_WIDTH)
    return Band(max(0.0, median - half), median, min(1.0, median + half), k)


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
