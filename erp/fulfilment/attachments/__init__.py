"""Files that suppliers give us."""
