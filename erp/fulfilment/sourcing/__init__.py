"""Who delivers what of an order: the choice, and the purchase orders it makes."""
