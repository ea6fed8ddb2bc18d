"""The schema's history, applied on start."""
