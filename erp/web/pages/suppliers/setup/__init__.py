"""Setting up how a supplier is reached: a form made of what its dialect must know."""
