"""Orders and returns."""
