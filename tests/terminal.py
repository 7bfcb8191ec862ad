"""Runs a program in a pseudo-terminal, as a person at a terminal would: keys and mouse in, a screen and bytes out.

pyte is the screen. It knows neither the alternate screen nor synchronised output (mode 2026) nor the questions that a
program asks its terminal, and would print what it does not know; so the output is cut into control sequences first and
only what pyte understands is handed on.
"""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import queue
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS = {"enter": "\r", "space": " ", "escape": "\x1b", "tab": "\t", "backspace": "\x7f", "ctrl+c": "\x03"}
KEYS |= {"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "pagedown": "\x1b[6~"}
SEQUENCE = re.compile(
    r"\x1b\[(?P<prefix>[<=>?]?)(?P<numbers>[\d;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC and the other strings: nothing of them is shown
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"  # a short escape
)
UNFINISHED = re.compile(r"\x1b(?:\[[<=>?]?[\d;:]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?\Z")
UNSET = ("PYTHONDONTWRITEBYTECODE", "NO_COLOR", "COLORTERM", "COLUMNS", "LINES", "TERM_PROGRAM", "STUDYAPP_HOME")
REPLIES = {
    "c": "\x1b[?62;22c",  # primary device attributes: a VT220 with colours
    "5n": "\x1b[0n",  # in working order
    "?u": "\x1b[?0u",  # the kitty keyboard protocol is known, none of it switched on
}


class Screen:
    """What the terminal shows; answers to the program's questions go to `reply`."""

    def __init__(self, columns: int, rows: int, reply: Callable[[str], None]) -> None:
        self._usual, self._alternate = pyte.Screen(columns, rows), pyte.Screen(columns, rows)
        self.shown, self._stream = self._usual, pyte.Stream(self._usual)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""
        self._reply = reply
        self.updating = False
        """Within a synchronised update, when a terminal still shows what it showed before."""

    def text(self) -> str:
        """The lines of the screen, without blanks at their ends."""
        return "\n".join(line.rstrip() for line in self.shown.display)

    def feed(self, data: bytes) -> None:
        """Take output of the program, which may stop anywhere within a character or a control sequence."""
        text, position = self._rest + self._decoder.decode(data), 0
        self._rest = ""
        while position < len(text):
            start = text.find("\x1b", position)
            plain = text[position:] if start < 0 else text[position:start]
            if plain:
                self._stream.feed(plain)
            if start < 0:
                return
            sequence = SEQUENCE.match(text, start)
            if sequence is None and UNFINISHED.match(text, start):
                self._rest = text[start:]
                return
            position = sequence.end() if sequence else start + 1
            if sequence is not None and sequence["final"]:
                self._obey(*sequence.group("prefix", "numbers", "between", "final"))

    def _obey(self, prefix: str, numbers: str, between: str, final: str) -> None:
        question = prefix + (numbers if final == "n" else "") + final
        if between == "$" and final == "p":  # is this mode known? 2: yes, and off
            self._reply(f"\x1b[{prefix}{numbers};{2 if numbers == '2026' else 0}$y")
        elif question in ("6n", "?6n"):
            cursor = self.shown.cursor
            self._reply(f"\x1b[{prefix}{cursor.y + 1};{min(cursor.x, self.shown.columns - 1) + 1}R")
        elif question in REPLIES and not between:
            self._reply(REPLIES[question])
        elif prefix == "?" and final in "hl":
            for mode in numbers.split(";"):
                self._switch(mode, on=final == "h")
        elif not prefix and not between:
            self._stream.feed(f"\x1b[{numbers}{final}")

    def _switch(self, mode: str, *, on: bool) -> None:
        match mode:
            case "2026":
                self.updating = on
            case "1049":
                self._alternate.reset()
                self.shown = self._alternate if on else self._usual
                self._stream = pyte.Stream(self.shown)
            case "7":  # wrapping at the edge
                self._stream.feed(f"\x1b[?{mode}{'h' if on else 'l'}")


class Terminal:
    """A program in a pseudo-terminal of its own; to be used in a `with`, which ends the program.

    A thread stamps output with the moment it came in, so that what the emulator takes is not counted as the program's.
    A wait that is not over in time, or that the program's end makes vain, is an AssertionError that shows the screen.
    """

    def __init__(
        self, command: Sequence[str], *, size: tuple[int, int] = (80, 24), env: Mapping[str, str] | None = None
    ) -> None:
        inherited = {name: value for name, value in os.environ.items() if name not in UNSET}
        self._master, slave = pty.openpty()
        self.screen = Screen(*size, self._write)
        self.written = bytearray()
        """Every byte that came from the program."""
        self._output: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self._ended = False
        self._set_size(*size)
        self.moment = self.started = time.perf_counter()
        """When the program was started, and when the latest key was sent."""
        self.process = subprocess.Popen(
            list(command),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**inherited, "TERM": "xterm-256color", "LANG": "C.UTF-8", **(env or {})},
            start_new_session=True,
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.kill()
        self._reader.join(5.0)
        os.close(self._master)

    def _read(self) -> None:
        data = b"-"
        while data:
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # Linux's way to say that nobody is left at the other end
                data = b""
            self._output.put((time.perf_counter(), data))

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # the program may be gone
            os.write(self._master, text.encode())

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    # --- what comes out ---------------------------------------------------------------------------

    def _take(self, seconds: float) -> float | None:
        """Show the next piece of output; the moment it came in, or None if none came in so many seconds."""
        try:
            came, data = self._output.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        self._ended = self._ended or not data
        self.written += data
        self.screen.feed(data)
        return came

    @property
    def text(self) -> str:
        """What the screen shows now."""
        while self._take(0.0) is not None:
            pass
        return self.screen.text()

    def wait(self, pattern: str, seconds: float = 20.0, *, gone: bool = False) -> float:
        """Wait until the screen matches a regular expression, or matches it no more.

        Returns the seconds from the latest key, or from the start, to the output that made it so.
        """
        deadline, came = time.monotonic() + seconds, self.moment
        while self.screen.updating or bool(re.search(pattern, self.screen.text(), re.MULTILINE)) is gone:
            taken = None if self._ended else self._take(deadline - time.monotonic())
            if taken is None:
                why = "the program ended" if self._ended else f"{seconds:g} s went by"
                what = f"{'no ' if gone else ''}{pattern!r}"
                raise AssertionError(f"{why} before the screen showed {what}:\n{self.screen.text()}")
            came = taken
        return came - self.moment

    def settle(self, quiet: float = 0.15) -> str:
        """The screen once nothing was written for so many seconds."""
        while not self._ended and self._take(quiet) is not None:
            pass
        return self.screen.text()

    # --- what goes in -----------------------------------------------------------------------------

    def send(self, text: str) -> None:
        """Send characters as they are; later waits are timed from here."""
        while self._take(0.0) is not None:  # what is on its way was not caused by this
            pass
        self.moment = time.perf_counter()
        self._write(text)

    def press(self, *keys: str) -> None:
        """Press keys, by their names in KEYS or as the character they type."""
        self.send("".join(KEYS[key] if len(key) > 1 else key for key in keys))

    def click(self, pattern: str) -> None:
        """Click the first character of what matches on the screen."""
        for row, line in enumerate(self.text.split("\n"), start=1):
            if found := re.search(pattern, line):
                column = found.start() + 1
                self.send(f"\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
                return
        raise AssertionError(f"{pattern!r} is not on the screen:\n{self.screen.text()}")

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size and say so to the program."""
        self._set_size(columns, rows)
        self.screen.shown.resize(rows, columns)
        self.moment = time.perf_counter()
        self.process.send_signal(signal.SIGWINCH)

    # --- the end ----------------------------------------------------------------------------------

    def kill(self) -> None:
        """End the program at once, as by `kill -9`; what it wrote before is on the screen."""
        self.process.kill()
        self.finish()

    def finish(self, seconds: float = 20.0) -> int:
        """Wait for the program's end; its exit status, negative for the signal that ended it."""
        deadline = time.monotonic() + seconds
        while not self._ended and self._take(deadline - time.monotonic()) is not None:
            pass
        try:
            return self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the program did not end within {seconds:g} s:\n{self.screen.text()}") from None
