"""Who brings parcels, and how they are followed; pure."""
