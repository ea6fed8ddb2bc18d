"""What suppliers and carriers did: reports applied, never backwards."""
