"""Links that open one purchase order to its supplier, who needs no account for it."""
