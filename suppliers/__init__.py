"""How we talk to suppliers. Knows no orders and no web pages."""
