"""Moves a store from the embedded SQLite to an empty PostgreSQL, and proves it."""
