"""A supplier you can run: its own process, its own books, and trouble on request."""

from suppliers.sandbox.server import serve

__all__ = ["serve"]
