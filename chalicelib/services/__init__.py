"""Use cases: what Herald does, in sentences. They ask for the outside world through `ports`."""
