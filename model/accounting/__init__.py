"""Luminosity accounting: delivered, recorded, processed, certified, and what the rest was lost to."""
