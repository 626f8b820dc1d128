"""Trends of certification: what stands out, what it was lost to, how long it took, and who said it."""
