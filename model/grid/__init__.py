"""The grid of datasets × columns in which the offline shift certifies."""
