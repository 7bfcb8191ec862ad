"""One line of lecture notes by itself: its bullet and depth, its marks, and what is clearly none of the notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from studyapp.decks.clean import CONTROL

_BULLET = re.compile(r"(?:([-*+–—]|\d{1,3}[.)]|[a-z]\)|#{1,6})(?:\s+|$)|([•◦▪‣·∙●○■□])\s*)(?:\[[ xX]\]\s+)?(.*)")
_STRONG = re.compile(r"(?<!\w)\\?\*{2,3}(?=\S)|(?<=\S)\*{2,3}(?!\w)")
_HALF = re.compile("[\ud800-\udfff]")
_QUOTED = re.compile(r"^(?:>\s*)+(?=[^\W\d_]|[-*+•]\s)")
_BRACKETS = re.compile(r"\\([(\[])(?=\s*[^\s\\]|\s*\\[A-Za-z])((?:[^$`\\]|\\(?![()\[\]]))+)\\[)\]]")
"""LaTeX's own brackets of formulas, on one line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. `bullet` is its marker or empty, `text` what follows, with single spaces.

    `number` counts from 1, `indent` is the column of its first sign, `apart` says that a blank line stands above,
    and `whole` is the line as it stands.
    """

    number: int
    indent: int
    bullet: str
    text: str
    apart: bool
    whole: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that no card is made of, and why."""

    line: int
    text: str
    why: str


def read_lines(text: str) -> list[Line]:
    """The lines that are not blank; control characters are left out. Lines end at LF, CRLF or a lone CR."""
    found: list[Line] = []
    apart = True
    for number, raw in enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        whole = _HALF.sub("\ufffd", CONTROL.sub("", raw.replace("\f", " ").replace("\v", " ").expandtabs(4)))
        words = _QUOTED.sub("", whole.strip())
        if not words:
            apart = True
            continue
        marked = _BULLET.fullmatch(words)
        bullet, rest = (marked[1] or marked[2], marked[3]) if marked else ("", words)
        indent = len(whole) - len(whole.lstrip())
        text = _BRACKETS.sub(lambda one: f"${one[2].strip()}$", _STRONG.sub("", " ".join(rest.split())))
        found.append(Line(number, indent, bullet, text, apart, whole.rstrip()))
        apart = False
    return found


_KEY = re.compile(r"[a-z][\w-]*:(?:\s|$)|\s+\S|-\s", re.I)
MOST_MATTER = 40
"""Lines of front matter."""


def front_matter(lines: Sequence[Line]) -> int:
    """How many lines at the top are keys and values between two lines of hyphens, with these; 0 without."""
    if not lines or lines[0].number != 1 or lines[0].whole != "---":
        return 0
    end = next((at for at, one in enumerate(lines[1 : MOST_MATTER + 2], 1) if one.whole == "---"), 0)
    return end + 1 if end > 1 and all(_KEY.match(one.whole) for one in lines[1:end]) else 0


# --- what is none of the notes --------------------------------------------------------------------

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_DATE = re.compile(
    rf"(?:date:?\s+)?{_DAY}(?:{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+"
    r"\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:,?\s+\d{1,2}:\d{2})?\.?",
    re.I,
)
_CHROME = (
    (re.compile(r"\d{1,4}\s*/\s*\d{1,4}"), "a counter"),
    (re.compile(r"(?:page\s+)?\d{1,4}(?:\s+of\s+\d{1,4})?", re.I), "a page's number"),
    (_DATE, "a date"),
    (
        re.compile(
            r"(?:(?:jump to (?:navigation|search)|skip to (?:main )?content|back to top|main menu|navigation|menu"
            r"|search|log ?in|sign (?:in|up|out)|register|subscribe|share(?: this)?|tweet|print|edit|previous|next"
            r"|reply)\W*)+",
            re.I,
        ),
        "a web page's navigation",
    ),
    (
        re.compile(
            r"(?:post )?views?: ?\d[\d.,]*|comments are closed\.?|leave a (?:reply|comment)\W*|\d+ (?:comments?|likes?)"
            r"|no study sessions yet\.?|retrieved from .*"
            r"|(?:posted|published|last (?:edited|modified|updated)) (?:on|by|in|at)\b.*"
            r"|flashcards covering\b.*|table of contents|contents",
            re.I,
        ),
        "written by a web page",
    ),
    (
        re.compile(
            r"(?:©|\(c\)|copyright\b).*|.*\b(?:all rights reserved|licen[sc]ed under|creative commons)\b.*", re.I
        ),
        "a licence",
    ),
    (re.compile(r"\|.*\|.*|[^|]*\|[^|]*\|.*\|"), "a row of a table"),
)
LONGEST_CHROME = 200
"""Characters: a longer line is text, whatever it says of licences and dates."""
_SITE = re.compile(r"from \S+(?: \S+){0,3}", re.I)
_JUMP = re.compile(r"jump to (?:navigation|search)", re.I)


def chrome(text: str, following: str) -> str:
    """Why a line is clearly none of the notes, or nothing; `following` is the text of the next line."""
    if len(text) <= LONGEST_CHROME:
        for pattern, why in _CHROME:
            if pattern.fullmatch(text):
                return why
    if _SITE.fullmatch(text) and _JUMP.match(following):
        return "a web page's navigation"
    return "" if any(letter.isalnum() for letter in text) else "has no words"


# --- marks ----------------------------------------------------------------------------------------

_MARK = re.compile(
    r"(?:\badd (?:this|it) (?:to|as) )?(?<![\w@])(?:@todo(?:[ -]anki)?|TODO(?:[ -]ANKI)?)\b(\s*[:.])?", re.I
)
_CHORE = re.compile(r"(?:@todo(?![ -]anki)|TODO(?![ -]ANKI))\b", re.I)
_PAPER = re.compile(
    r"\bpapers?\b.*\bread\b|^(?:papers?|references?|ref|cite)\b\s*(?:on\b|about\b|by\b|:)|\bet al\b|\barxiv\b|\bdoi\b"
    r"|^(?:[^\s/.]+\s+){0,8}\S*https?://\S+$|^read\b.*\b(?:paper|article|chapter)\b",
    re.I,
)

_LOOKED_AT = 400
"""So many characters of a line say whether it is about a paper."""


def unmarked(text: str) -> tuple[str, bool, bool]:
    """The text without its @TODO marks, whether it had one, and whether it is a chore: begins with a bare TODO."""
    found = [one for one in _MARK.finditer(text) if "@" in one[0] or "TODO" in one[0]]
    if not found:
        return text, False, False
    kept, at = [], 0
    for one in found:
        kept.append(text[at : one.start()])
        at = one.end()
    rest = " ".join(" ".join([*kept, text[at:]]).split())
    return rest, True, _CHORE.match(text) is not None and found[0].start() == 0


_COURSE = re.compile(
    r"\b(?:exams?|assessments?|assignments?|seminars?|submi(?:t|ts|tted|ssions?)|e-?mails?|grading|graded|deadlines?"
    r"|homework|attendance|office hours|disclaimer|syllabus|prerequisites?|students? (?:will|must|have)|please"
    r"|you will (?:have|be|need|not))\b",
    re.I,
)


def is_about_course(text: str) -> bool:
    """Whether a line has a word of exams, dates and duties; only among lines above the first lecture does it tell."""
    return _COURSE.search(text[:_LOOKED_AT]) is not None


def is_paper(text: str) -> bool:
    """Whether a line names something to be read, or a reference."""
    return _PAPER.search(text[:_LOOKED_AT]) is not None


# --- sections -------------------------------------------------------------------------------------

_PAGES = re.compile(r"(pp?\.?|pages?|slides?|s\.)?\s*(\d{1,4})\s*[-–—]\s*(\d{1,4})\s*[:.)]?\s+(\S.*)", re.I)
_NUMBERED = re.compile(
    r"(?:lecture|lesson|week|chapter|part|section|unit|module|topic|day|session|seminar)\s+\d+\s*(?:[:.–—-].*)?", re.I
)
_QUIZ = re.compile(
    r"(?:quiz+e?s?|(?:open |practice |exam |self[- ]test )?questions?|self[- ]test|q ?& ?a|test yourself)", re.I
)
MOST_TITLE_WORDS = 8


def page_range(text: str) -> tuple[int, int, str] | None:
    """The pages at the head of a section and its title, as in `4-13 Activation functions`."""
    found = _PAGES.fullmatch(text)
    if found is None or (not found[1] and not found[4][0].isupper()) or len(found[4].split()) > 12:
        return None
    first, last = int(found[2]), int(found[3])
    return (first, last, found[4].rstrip(" :")) if first <= last else None


def is_numbered(text: str) -> bool:
    """Whether a line is the head of a lecture, week or chapter, as in `Lecture 3: Convolution`."""
    return len(text.split()) <= 14 and _NUMBERED.fullmatch(text) is not None


def is_quiz(title: str) -> bool:
    """Whether what stands under this head are questions."""
    return _QUIZ.fullmatch(title.strip(" :.")) is not None


def is_head(text: str) -> bool:
    """Whether a line ends with a colon and is short enough to be the head of what follows."""
    return text.endswith(":") and len(text.split()) <= MOST_TITLE_WORDS and len(text) > 1


def looks_like_title(text: str) -> bool:
    """Whether a line could be a title by itself: few words, the first with a capital or a digit, no sentence."""
    words = text.split()
    return (
        0 < len(words) <= MOST_TITLE_WORDS
        and (text[0].isupper() or text[0].isdigit())
        and text[-1] not in ".?!,;:="
        and not any(sign in text for sign in ("?", "=", "->", "→", ": ", ". ", "$", "TODO"))
    )


# --- sentences ------------------------------------------------------------------------------------

_END = re.compile(r"(?<=[.!?])[\"')\]’”]*\s+(?=[\"'(\[$“‘]?[^\Wa-z_])")
_SHORT = re.compile(
    r"(?:\b(?:e\.?g|i\.?e|et al|etc|vs|cf|fig|eq|sec|dr|prof|approx|resp|no)|\b[A-Z])\.[\"')\]’”]*$", re.I
)
_LEANS = re.compile(
    r"(?:this|it|its|they|their|that|these|those|then|therefore|another|also|and|but|so|however|thus|hence|such|he|she"
    r"|some|because|which|or|here|there|for example|e\.g|both|neither|each)\b",
    re.I,
)
SHORT_THOUGHT, LONG_THOUGHT, LONGEST_THOUGHT = 12, 40, 60
"""Words: a thought of fewer takes the next sentence; a line of so many is one thought; no thought goes on beyond."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order; together they are the text."""
    cuts = [0]
    for end in _END.finditer(text):
        before = text[cuts[-1] : end.end()].rstrip()
        if not _SHORT.search(before[-12:]) or before.endswith(("?", "!")):
            cuts.append(end.end())
    return [one for a, b in pairwise([*cuts, len(text)]) if (one := text[a:b].strip())]


def thoughts(text: str) -> list[str]:
    """A long paragraph as thoughts of a few sentences; one that leans on the one before stays with it.

    A sentence about a paper is a thought of its own, in a short paragraph too.
    """
    parts = sentences(text)
    if len(text.split()) <= LONG_THOUGHT and not any(map(is_paper, parts[1:])):
        return [text]
    longest = LONGEST_THOUGHT if len(text.split()) > LONG_THOUGHT else LONG_THOUGHT
    found: list[str] = []
    words = 0
    for sentence in parts:
        more = len(sentence.split())
        leans = words < SHORT_THOUGHT or longest == LONG_THOUGHT or _LEANS.match(sentence) is not None
        apart = is_paper(sentence) or (bool(found) and is_paper(found[-1]))
        if found and leans and words + more <= longest and not apart:
            found[-1] += f" {sentence}"
            words += more
        else:
            found.append(sentence)
            words = more
    return found
