"""Purchase orders, and what operators do about them."""
