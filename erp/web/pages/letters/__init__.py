"""Suppliers' letters."""
