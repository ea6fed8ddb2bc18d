"""Asking suppliers, once: claim, call, record, and settle what is in doubt."""
