"""What suppliers write in words: kept, and shown until somebody has read it."""
