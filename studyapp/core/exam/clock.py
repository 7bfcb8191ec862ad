"""Exam time: milliseconds since the start that no suspended machine, wall clock or reboot can stop or turn back."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at this machine's clocks, in milliseconds.

    `ticks` counts from the boot that `boot` names ("" if the system does not tell) and goes on while the machine
    sleeps; `wall` counts from 1970 (UTC).
    """

    boot: str
    ticks: int
    wall: int


@dataclass(frozen=True, slots=True)
class ExamClock:
    """What is known of the time: at `reading` so many milliseconds of the exam had `elapsed`, `latest` is the highest
    wall clock seen so far."""

    elapsed: int
    reading: Reading
    latest: int

    @classmethod
    def started(cls, reading: Reading) -> ExamClock:
        """The clock of an exam that starts now."""
        return cls(0, reading, reading.wall)

    def at(self, now: Reading) -> int:
        """The exam time of a reading; never less than what had elapsed before.

        Within one boot the wall clock does not matter. After a reboot only the wall clock knows how long the machine
        was off, and what it shows beyond the latest that was ever seen has passed; the time since the boot has passed
        in any case. Setting the clock back gives no time.
        """
        ticked, walled = now.ticks - self.reading.ticks, now.wall - self.latest
        if now.boot != self.reading.boot:
            ticked = now.ticks if now.boot and self.reading.boot else 0
        elif now.boot:
            walled = 0
        return self.elapsed + max(0, ticked, walled)

    def after(self, now: Reading) -> ExamClock:
        """The clock once a reading is known, as from the log."""
        return replace(self, elapsed=self.at(now), reading=now, latest=max(self.latest, now.wall))
