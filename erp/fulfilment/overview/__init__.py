"""What pages ask about purchase orders, suppliers and returns."""
