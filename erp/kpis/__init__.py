"""Stage 3: how it is going."""
