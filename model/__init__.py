"""The core: what happened and what is true."""
