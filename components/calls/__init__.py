"""What each screen shows, as calls of the API and as SQL: small functions of the address."""
