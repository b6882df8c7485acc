"""What accepting one send costs a warm function, against the one write that it cannot do without."""
