"""The rules of studying as pure functions: no clock, no randomness, no path, no setting is read here."""
