"""The pages, one module each, with what only they need."""
