"""What suppliers answer by themselves: judged first, then applied like any report."""
