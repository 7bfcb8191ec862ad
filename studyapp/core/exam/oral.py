"""After the exam: which questions are to be explained in words, to see if an answer was understood or just found."""

from __future__ import annotations

import random

from studyapp.core.exam.sitting import Sitting

UNLESS_SET = 3
"""So many questions are offered where an exam's rules ask for none."""


def to_explain(sitting: Sitting) -> tuple[int, ...]:
    """The questions to be explained, in the order of the exam: as many as its rules say, drawn from the paper's seed.

    The draw has a stream of its own and looks at no answer: right ones are asked for too.
    """
    number = len(sitting.attempts)
    wanted = min(sitting.paper.rules.oral or UNLESS_SET, number)
    return tuple(sorted(random.Random(f"oral:{sitting.paper.seed}").sample(range(number), wanted)))
