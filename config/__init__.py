"""The process, not the business: settings, database, secrets, logging."""
