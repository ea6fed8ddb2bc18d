"""What exists, what it costs, and how much of it we dare sell."""
