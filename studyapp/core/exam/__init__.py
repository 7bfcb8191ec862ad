"""Exams, pure: the paper, the clock, the sitting as a state machine, and what comes of it."""
