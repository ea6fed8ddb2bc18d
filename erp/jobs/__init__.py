"""What the scheduler ticks, in the order data flows."""
