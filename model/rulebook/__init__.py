"""Rules as the registry keeps them: texts with a purpose, the book they form, what they would change."""
