"""What must stay fast, and what must survive: `make bench`, `make drill`."""
