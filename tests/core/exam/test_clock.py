"""Exam time: no suspended machine, wall clock or reboot stops it, turns it back, or gives any away."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from studyapp.core.exam.clock import ExamClock, Reading

HOUR = 3_600_000


@dataclass
class Machine:
    """A machine whose true time the test knows. Each boot counts its ticks anew; anybody may set the wall clock."""

    true: int = 0
    booted: int = 0
    boots: int = 0
    wrong: int = 0
    named: bool = True
    looks: list[Reading] = field(default_factory=list)

    def look(self) -> Reading:
        """What the clocks show."""
        reading = Reading(f"boot {self.boots}" if self.named else "", self.true - self.booted, 10**12 + self.true)
        reading = Reading(reading.boot, reading.ticks, reading.wall + self.wrong)
        self.looks.append(reading)
        return reading

    def reboot(self, off: int) -> None:
        """Off for so long, and on again."""
        self.true += off
        self.booted, self.boots = self.true, self.boots + 1


passing = st.integers(0, HOUR)
setting = st.integers(-3 * HOUR, 3 * HOUR)
acts = st.lists(
    st.tuples(st.just("pass"), passing) | st.tuples(st.just("set"), setting) | st.tuples(st.just("reboot"), passing),
    max_size=20,
)


def sat(machine: Machine, script: list[tuple[str, int]], *, each: bool = True) -> list[int]:
    """The exam time after each act; the clock knows of each look, or only of the first."""
    clock, times = ExamClock.started(machine.look()), [0]
    for what, amount in script:
        match what:
            case "pass":
                machine.true += amount
            case "set":
                machine.wrong += amount
            case "reboot":
                machine.reboot(amount)
        reading = machine.look()
        times.append(clock.at(reading))
        if each:
            clock = clock.after(reading)
            assert clock.at(reading) == clock.elapsed == times[-1]
    return times


@given(acts, st.booleans())
def test_rule_17_exam_time_never_goes_back(script: list[tuple[str, int]], named: bool) -> None:
    """Rule 17: whatever is done to the machine, and whether or not the system names its boot."""
    times = sat(Machine(named=named), script)
    assert times == sorted(times)


@given(acts)
def test_rule_17_within_a_boot_the_wall_clock_changes_nothing(script: list[tuple[str, int]]) -> None:
    """Rule 17: setting the clock back gives no time, setting it forward takes none: what passed has passed."""
    script = [act for act in script if act[0] != "reboot"]
    machine = Machine()
    assert sat(machine, script)[-1] == machine.true


@given(acts)
def test_rule_16_time_never_pauses(script: list[tuple[str, int]]) -> None:
    """Rule 16: with honest clocks exam time is true time, over suspension, closed lid and any number of reboots."""
    script = [act for act in script if act[0] != "set"]
    for each in (True, False):
        machine = Machine()
        assert sat(machine, script, each=each)[-1] == machine.true


@given(acts, st.booleans())
def test_rule_17_what_ran_has_passed(script: list[tuple[str, int]], named: bool) -> None:
    """Rule 17: no setting of the clock, back or forward, with or without a reboot, takes off what the machine ran."""
    ran = sum(amount for what, amount in script if what == "pass")
    assert sat(Machine(named=named), script)[-1] >= ran


def test_rule_17_a_reboot_uses_the_highest_wall_clock_seen() -> None:
    """Rule 17: after a reboot what the wall clock shows beyond the highest ever seen has passed, and at least the time
    since the boot."""
    clock = ExamClock.started(Reading("a", 0, 1000)).after(Reading("a", 500, 9000)).after(Reading("a", 600, 1600))
    assert (clock.elapsed, clock.latest) == (600, 9000)
    assert clock.at(Reading("b", 0, 9000)) == 600
    assert clock.at(Reading("b", 5, 2000)) == 605
    assert clock.at(Reading("b", 5, 9700)) == 1300
    assert clock.at(Reading("b", 10_000, 9700)) == 10_600
    assert clock.at(Reading("", 10_000, 9700)) == 1300  # ticks of a boot that nobody can tell from others say nothing


def test_rule_17_setting_the_clock_back_over_a_reboot_gives_no_time() -> None:
    """Rule 17: two hours back and a reboot: exam time goes on from where it stood with the new boot's ticks."""
    clock = ExamClock.started(Reading("a", 0, 5 * HOUR)).after(Reading("a", HOUR, 6 * HOUR))
    clock = clock.after(Reading("b", 10, 4 * HOUR))
    assert clock.elapsed == HOUR + 10
    assert clock.at(Reading("b", 10 + HOUR, 5 * HOUR)) == 2 * HOUR + 10


def test_rule_17_without_a_boot_id_the_faster_clock_counts() -> None:
    """Rule 17: where the system does not tell its boot, the greater of both differences has passed."""
    clock = ExamClock.started(Reading("", 1000, 1000))
    assert clock.at(Reading("", 1500, 1200)) == 500
    assert clock.at(Reading("", 1100, 1900)) == 900
    assert clock.at(Reading("", 3, 1700)) == 700  # it was rebooted: the ticks began anew
    assert clock.at(Reading("", 3, 3)) == 0


def test_rule_18_looking_more_often_gives_no_other_time() -> None:
    """Rule 18: a clock that hears of a thousand looks within a boot shows what one that hears of none does."""
    clock = started = ExamClock.started(Reading("a", 17, 10**12))
    for look in range(1000):
        clock = clock.after(Reading("a", 17 + 7 * look, 10**12 + 3 * look))
    assert clock.at(Reading("a", 9000, 0)) == started.at(Reading("a", 9000, 0)) == 8983
