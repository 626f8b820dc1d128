"""Certification and shift reports: what is gathered at a sequence, frozen, kept, and made again."""
