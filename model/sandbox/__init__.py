"""SQL that strangers write, over the snapshots, in a process that has nothing else and ends at its limits."""
