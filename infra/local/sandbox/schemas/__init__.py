"""What requests to the vendors look like, field by field."""
