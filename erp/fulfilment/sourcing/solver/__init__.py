"""The exact search for the cheapest way; pure."""
