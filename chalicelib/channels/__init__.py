"""One file per channel: its address, its limits, how content takes its shape. Found by file name."""
