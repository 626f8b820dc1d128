"""Training: datasets that were signed off, certified once more as if nobody had spoken, and compared."""
