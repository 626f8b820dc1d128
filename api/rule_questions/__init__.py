"""What may be asked of a rule over HTTP, and what is refused before it could do harm."""
