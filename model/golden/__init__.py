"""Golden JSON: which lumisections a rule selects, what the rest was lost to, and the bytes that say so."""
