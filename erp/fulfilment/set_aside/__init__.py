"""Suppliers' reports that could not be applied: kept whole, until a human decides."""
