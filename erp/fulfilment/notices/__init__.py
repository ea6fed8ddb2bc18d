"""Tells suppliers' programs what happened to their purchase orders, once each."""
