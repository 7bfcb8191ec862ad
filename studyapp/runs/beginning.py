"""Begins a simulation of the learner's own: a small complete file, to be changed into what they want to see."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Container
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from studyapp.runs.errors import SimulationError

TEMPLATE = Path(__file__).with_name("template.py")
"""A simulation like any other, which nothing imports; here the tools that look over the package look over it too."""

LONGEST = 60

MODULES = sys.stdlib_module_names | {"numpy", "matplotlib", "studyapp"}
"""What a simulation imports: run as a program, a file of such a name would be imported in its place."""

NAME = re.compile(f"[a-z][a-z0-9_]{{0,{LONGEST - 1}}}")

TITLE = 'TITLE = "A random walk"\n'


def begin(name: str, taken: Container[str], own: Path) -> Path:
    """Write the template as NAME.py into the learner's own folder, made if need be; its title is the name in words.

    `taken` are the names of the shipped simulations. A SimulationError for a name that is no lower_snake_case, a
    module's, or taken, for a file that exists, which is never overwritten, and for a folder that cannot be written.
    """
    if keyword.iskeyword(name):
        raise SimulationError(name, "this is a word of Python", f"it may be {suggested(name)}")
    if name in MODULES:
        what = "this is the name of a module, which would not be found any more beside it"
        raise SimulationError(name, what, f"it may be {suggested(name)}")
    if not NAME.fullmatch(name):
        what = f"a name has a-z, 0-9 and _, a letter first, and {LONGEST} characters at most"
        raise SimulationError(repr(name), what, f"it may be {suggested(name)}")
    if name in taken:
        raise SimulationError(name, "there is a shipped simulation of this name", f"it may be my_{name}")
    path, text = own / f"{name}.py", _named(TEMPLATE.read_text(encoding="utf-8"), name)
    try:
        own.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimulationError(str(own), f"no folder can be made there: {error.strerror}", "make room for it") from error
    try:
        with path.open("x", encoding="utf-8") as file:
            _fill(file, text)
    except FileExistsError as error:
        raise SimulationError(str(path), "it exists, and stays as it is", "choose another name, or edit it") from error
    except OSError as error:
        raise SimulationError(str(path), f"cannot be written: {error.strerror}", "make its folder writable") from error
    return path


def _fill(file: TextIO, text: str) -> None:
    """Write the text, or leave no file behind."""
    try:
        file.write(text)
        file.flush()
    except OSError:
        with suppress(OSError):
            Path(file.name).unlink()
        raise


def suggested(name: str) -> str:
    """The nearest name that a simulation may have."""
    plain = unicodedata.normalize("NFKD", name.strip().removesuffix(".py")).encode("ascii", "ignore").decode()
    parted = re.sub("([a-z0-9])([A-Z])", r"\1_\2", plain).lower()
    found = re.sub("[^a-z0-9]+", "_", parted).strip("_")[: LONGEST - 3].rstrip("_")
    if not found:
        return "my_simulation"
    free = found[0].isalpha() and not keyword.iskeyword(found) and found not in MODULES
    return found if free else f"my_{found}"


def _named(template: str, name: str) -> str:
    words = " ".join(name.split("_")).strip()
    titled = template.replace(TITLE, f'TITLE = "{words[:1].upper() + words[1:]}"\n')
    # Away from studyapp's own code it is one more library, which tools that sort imports want among the others.
    return titled.replace("import numpy as np\n\nfrom", "import numpy as np\nfrom")
