"""Rules and words: pure Python that knows no infrastructure, no clock and no randomness but as arguments."""
