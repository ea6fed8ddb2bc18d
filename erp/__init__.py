"""What a store does, in the order an order travels through it."""
