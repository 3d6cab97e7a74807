"""What becomes of a change. Pure."""
