"""What suppliers bill us, held against what we agreed with them."""
