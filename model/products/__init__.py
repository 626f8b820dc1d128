"""Products: lists of lumisections that two people made official, their manifests, and the algebra of lists."""
