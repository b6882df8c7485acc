"""The commands, one file per group: each reads its options, does one thing with the stack, prints what came of it."""
