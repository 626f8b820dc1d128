"""What the DQM GUI has: its samples open the datasets that wait for them."""
