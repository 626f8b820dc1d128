"""The demo period: eras A to E of 2024, real conditions and illustrative verdicts."""
