"""One file per Lambda that is not HTTP: it parses what woke it, calls one use case, says what failed."""
