"""Recorded trade, run through the whole program again under a moved clock."""
