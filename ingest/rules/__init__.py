"""Rules as the systems before this one wrote them, read into ours: shapes, names of variables, selections."""
