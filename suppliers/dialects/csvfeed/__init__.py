"""The dialect of suppliers who work by CSV files."""
