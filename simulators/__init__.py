"""Stand-ins for what cannot be reached: local servers faithful to the protocol; imported by nothing."""
