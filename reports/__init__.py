"""Frozen report data as a document: PDF, HTML and CSV; nothing is asked here, all of it is in the report."""
