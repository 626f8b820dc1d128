"""The table of every run: which runs, in which order, and what stands in a row."""
