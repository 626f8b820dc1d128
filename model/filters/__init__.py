"""Filters of datasets: run attributes, states, status algebra, words, authors; and, or, not as written."""
