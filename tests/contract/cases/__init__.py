"""One file per provider, called like its vendor: what the contract needs to know of it. A test misses those without."""
