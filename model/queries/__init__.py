"""Questions: nouns that read the tables and give frozen data."""
