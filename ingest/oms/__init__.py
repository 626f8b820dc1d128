"""OMS: its runs and lumisections, read page by page and followed as they change."""
