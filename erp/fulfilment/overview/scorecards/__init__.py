"""How a supplier does, in figures, each with the rows it was counted from."""
