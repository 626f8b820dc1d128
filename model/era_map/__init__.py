"""The era map: every lumisection of an era as one code, and what each code means."""
