"""One file per vendor, in the folder of its channel. Found by file name."""
