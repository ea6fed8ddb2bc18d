"""How routing finds the cheapest way: market, packing, filling, assignment."""
