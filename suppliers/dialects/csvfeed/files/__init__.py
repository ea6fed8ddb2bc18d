"""CSV files on web servers: where they are, how they are fetched, what a cell is."""
