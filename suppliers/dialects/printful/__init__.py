"""Printful: client, what is sent, what is read."""
