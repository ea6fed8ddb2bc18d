"""What becomes of units whose supplier is overdue or said no."""
