"""What the rows of a CSV file mean to us, and ours to them. Pure."""
