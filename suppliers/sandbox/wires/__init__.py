"""What the sandbox speaks besides the plain interface: one module per wire format.

Each is a blueprint under its own prefix. They share the books, orders, plans, reports
and mischief: what was placed over one wire counts like what was placed over any other.
"""
