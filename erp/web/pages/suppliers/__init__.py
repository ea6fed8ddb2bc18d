"""Suppliers: how they are set up, and how they do."""
