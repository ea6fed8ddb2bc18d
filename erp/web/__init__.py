"""The only Flask: back office and API."""
