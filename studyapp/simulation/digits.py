"""The handwritten digits that are shipped, for the simulations that train on them.

Apart from `studyapp.simulation`, since it needs NumPy: `from studyapp.simulation.digits import digits`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE = Path(__file__).parents[1]


@cache
def digits() -> tuple[NDArray[Any], NDArray[Any]]:
    """The images, (1797, 8, 8) from 0 to 1 in float64, and their labels, (1797,) from 0 to 9; neither can be changed.

    The test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak 1998, UCI Machine Learning
    Repository, https://doi.org/10.24432/C50P49, CC BY 4.0); its 16 grey levels are divided by 16.
    """
    folders = PACKAGE / "_content", PACKAGE.parent  # installed, or in a checkout
    path = next(folder / "simulations" for folder in folders if folder.is_dir()) / "data" / "digits.npz"
    with np.load(path) as stored:
        images, labels = stored["images"] / 16.0, stored["labels"].astype(np.intp)
    images.setflags(write=False)
    labels.setflags(write=False)
    return images, labels
