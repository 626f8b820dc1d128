"""What runs beside the web: followers of the journal and background work."""
