"""What a sitting asks back before something that cannot be undone: in words, with its keys, while the clock runs on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from studyapp.exam_session import ExamSession
from studyapp.tui import wording
from studyapp.tui.hints import Hint
from studyapp.tui.review_text import LETTERS


class About(Enum):
    """What is asked about."""

    NEXT = "going on"
    LEAVE = "leaving"
    FINISH = "finishing"
    GO = "going to a question"


class Act(Enum):
    """What a key means as an answer."""

    STAY = "stay"
    SAVE_AND_NEXT = "save and go on"
    NEXT = "go on"
    LEAVE = "leave"
    ASK_FINISH = "ask whether to finish"
    FINISH = "finish"
    GO = "go there"


@dataclass(frozen=True, slots=True)
class Asking:
    """One question back. `typed` is the number of the question to go to, as far as it was typed."""

    about: About
    typed: str = ""

    def words(self, session: ExamSession, command: str) -> str:
        """What is asked; `command` is the line that resumes the exam."""
        sitting, current = session.sitting, session.current
        attempt = sitting.attempts[current] if current >= 0 else None
        picked = LETTERS[attempt.picked] if attempt is not None and attempt.picked is not None else ""
        match self.about:
            case About.NEXT if attempt is not None and attempt.unsaved and attempt.saved is not None:
                saved = LETTERS[attempt.saved.option]
                draft = f"{picked} is picked and not saved, {saved} counts"
                mark = "The mark of a guess is not saved"
                return f"{mark if picked == saved else draft}. Going on locks question {current + 1}."
            case About.NEXT if picked:
                return f"{picked} is picked and not saved. Going on locks question {current + 1} without an answer."
            case About.NEXT:
                return f"Nothing is saved. Going on locks question {current + 1} blank; a wrong answer costs nothing."
            case About.LEAVE:
                lost = wording.counted(session.pending, "entry", "entries")
                stored = f" {lost} not yet stored will be lost!" if session.trouble and session.pending else ""
                return f"The clock runs on when you leave; `{command}` goes on with what is left.{stored}"
            case About.FINISH:
                number, saved_answers = len(sitting.attempts), sitting.saved_answers
                blank = f", {number - saved_answers} stay blank" if saved_answers < number else ""
                unsaved = f" {picked} is picked and not saved." if attempt is not None and attempt.unsaved else ""
                return f"Finish for good? {saved_answers} of {number} are saved{blank}.{unsaved}"
        return f"Go to question {self.typed}▏ of {len(sitting.attempts)}"

    def hints(self, session: ExamSession) -> list[Hint]:
        """The keys that answer it."""
        attempt = session.sitting.attempts[session.current] if session.current >= 0 else None
        match self.about:
            case About.NEXT if attempt is not None and attempt.unsaved and attempt.picked is not None:
                save = Hint("Enter", f"save {LETTERS[attempt.picked]} and go on", "screen.press('enter')")
                answers = [save, Hint("y", "go on without saving", "screen.press('y')")]
            case About.NEXT:
                answers = [Hint("y", "go on", "screen.press('y')")]
            case About.LEAVE:
                answers = [Hint("l", "leave", "screen.press('l')"), Hint("f", "finish now", "screen.press('f')")]
            case About.FINISH:
                answers = [Hint("y", "finish", "screen.press('y')")]
            case _:
                answers = [Hint("0-9", "number"), Hint("Enter", "go there", "screen.press('enter')")]
        return [*answers, Hint("Esc", "stay", "screen.press('escape')")]

    def act(self, key: str, session: ExamSession) -> Act | None:
        """What a key means here; None for one that answers nothing."""
        if key in ("escape", "q"):
            return Act.STAY
        unsaved = session.current >= 0 and session.sitting.attempts[session.current].unsaved
        match self.about, key:
            case About.NEXT, "enter" if unsaved:
                return Act.SAVE_AND_NEXT
            case About.NEXT, "y":
                return Act.NEXT
            case About.LEAVE, "l" | "ctrl+c":
                return Act.LEAVE
            case About.LEAVE, "f":
                return Act.ASK_FINISH
            case About.FINISH, "y":
                return Act.FINISH
            case About.GO, "enter":
                return Act.GO
        return None
