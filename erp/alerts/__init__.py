"""Stage 4: who should know."""
