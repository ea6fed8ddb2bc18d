"""Stage 1: what customers asked of us."""
