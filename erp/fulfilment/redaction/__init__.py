"""Takes customers' addresses away once nobody needs them, wherever they stand."""
