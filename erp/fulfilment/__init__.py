"""Stage 2: what we asked of suppliers."""
