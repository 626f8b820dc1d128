"""Many datasets at once: plan outside the lock, show it, then write all of it or nothing."""
