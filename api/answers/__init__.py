"""What the doors of API v1 answer, as documented; tests hold every answer against it."""
