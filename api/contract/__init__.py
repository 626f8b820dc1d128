"""What every noun of API v1 has in common: how it is made, read, written, refused, paged and documented."""
