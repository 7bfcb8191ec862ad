"""Which words of a statement to ask for: what it defines, what follows "via" or "called", a name, or its rarest word.

None of this understands the text. It is a draft, made so that it can be judged at a glance and mended in seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from studyapp.decks.notes.lines import sentences

_POINTING = """
it its this that these those they their them we you i he she there here one some many most all both each such
which what another other others also then but and so if when by to for in on at from with as the
"""
"""Words that begin no name of a thing."""
_EMPTY = """
advantage advantages aim answer case cases difference disadvantage example examples goal goals idea input
inputs method output outputs point problem problems purpose question reason result results thing things value
values way ways whole
"""
"""What a sentence may be about and still not be asked for; no gap is one of these alone."""
_PLAIN = """
about above across after again against algorithm algorithms allow allows almost along already although always
among amount anything approach approaches appropriate around based because become becomes been before being
below better between beyond calculate calculated called cannot certain change changes correct could different
does doing done down during either else enough even every everything everytime example finding first following
form forms from function functions further give given gives good have having here important initial into
itself just keep kind kinds know large last later least less like look looks made make makes making many maybe
method methods might more most moving much multiple must need needs never next none number numbers official
often only other others over part particular parts people popular possible present quite rather really
relevant result results same second several shall should simple simply since small some something sometimes
sort sorts still such take taken takes taking technique techniques than that their them then there therefore
these they thing things this those though through thus time together too type types typically under until upon
used useful uses using usually various version versions very want well were what whatever when where whether
which while whole whose will with within without would your
"""
"""Words that tell nothing, wherever they stand."""
_PRONOUNS, _SUBJECTLESS, _COMMON = (frozenset(words.split()) for words in (_POINTING, _EMPTY, _PLAIN))

_WORDS = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
_COPULA = re.compile(
    r"((?:[Aa]n? |[Tt]he )?)([^,.;:?!()]{2,60}?)"
    r"\s+(?:is|are|was|were|means|stands? for|refers? to|consists? of|denotes?)\s+\S"
)
_CUE = re.compile(
    r"\b(?:called|named|being|consists? of|[Uu]ses?|[Aa]pply|[Aa]pplies|[Rr]emoves?|[Aa]dds?|known as|referred to as"
    r"|[Vv]ia|[Uu]sing|use of|because of|such as|like|caused by|[Tt]hrough|[Bb]y means of|depends? on|leads? to"
    r"|results? in|instead of|into|between|[Bb]y|prevents?|requires?|allows? for|reduces?|minimi[sz]es?|maximi[sz]es?"
    r"|introduces?|used (?:for|to|in|when|as)|(?:is|are)(?= an? | the ))\s+(?:the |an? )?"
)
_STOP = re.compile(
    r"[;()?!/]|[,.:](?!\w)|\s[-–—]|\s(?:and|or|but|that|which|who|where|when|while|because|since|so|to|in|on|at|of|for|from"
    r"|with|by|as|is|are|was|were|can|may|might|should|will|if|then|than|into|between|during|after|before"
    r"|not|has|have|it|we|they|also)\b"
)
_ARROW = re.compile(r"(?:->|=>|→|⇒)\s*(\[[^\[\]]*\]|[^\s,;.()\[\]>-].*?)(?=\s*(?:->|=>|→|⇒|[,;.()]|$))")
_QUOTED = re.compile(r"[“‘\"'`]([^\s“”‘’\"'`][^“”‘’\"'`]{1,40}?)[”’\"'`](?!\w)")
_NAME = re.compile(r"(?<![\w$])(?:[^\W\d_]*[A-Z][^\W_]*[A-Z0-9][^\W_]*|[A-Z][a-zà-ÿ]+(?:[- ][A-Z][a-zà-ÿ]+)*)(?!\w)")
_THING = re.compile(r"(?:[ts]ion|ment|ness|ity|[ae]nce|[eo]rs?|ism|sis|ix|ture|gy|ics|um|ient)s?$", re.I)
_SLIP = re.compile(r"[A-Z]{2}[a-z]{3,}")
"""Two capitals and small letters: a slip of the shift key, not a name."""
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)?\s?%?(?![\w.]*\w)")
MOST_GAP_WORDS = 4
MOST_SHARE = 0.6
"""A gap has at most this share of the words: what is left must still ask something."""


def telling(text: str, avoid: Container[str], often: Mapping[str, int]) -> tuple[int, int] | None:
    """The first and last place of what to ask for in a statement, None where nothing stands out.

    A better way of asking counts before an earlier sentence. Formulas in `text` are masked by signs that are no
    letters. Words of `avoid`, in small letters, stand in the question already. `often` says how many times each word
    occurs in the notes, as `counted_words` does.
    """
    parts = [one for one in _placed(text) if one.words > 2]
    for way in _WAYS:
        for one in parts:
            for start, end in way(one.text):
                if _may_be_asked(text, (one.start + start, one.start + end), avoid, one.words):
                    return one.start + start, one.start + end
    ranked = [found for number, one in enumerate(parts) for found in _rare(number, one, text, avoid, often)]
    return min(ranked)[1] if ranked else None


class _Sentence(NamedTuple):
    text: str
    start: int
    words: int


def _placed(text: str) -> Iterator[_Sentence]:
    at = 0
    for sentence in sentences(text):
        at = text.index(sentence, at)
        yield _Sentence(sentence, at, len(_WORDS.findall(sentence)))
        at += len(sentence)


def _may_be_asked(text: str, gap: tuple[int, int], avoid: Container[str], total: int) -> bool:
    """Whether enough is left of the sentence, and neither the rest nor the question has the gap's last word too."""
    words = _WORDS.findall(text[slice(*gap)])
    if not words or len(words) > MOST_SHARE * total:
        return False
    if words[-1].casefold() in avoid or stem(words[-1]) in avoid:
        return False
    if len(words) == 1 and words[0].casefold() in _SUBJECTLESS:
        return False
    rest = f"{text[: gap[0]]} {text[gap[1] :]}".casefold()
    return stem(words[-1]) not in rest and any(len(word) > 2 or not word.islower() for word in words)


def stem(word: str) -> str:
    """A word in small letters without the s of its plural."""
    small = word.casefold()
    return small[:-1] if len(small) > 3 and small.endswith("s") and not small.endswith("ss") else small


# --- ways of asking, the best first ---------------------------------------------------------------


def _arrow(text: str) -> Iterator[tuple[int, int]]:
    """What the last arrow leads to."""
    for found in list(_ARROW.finditer(text))[-1:]:
        if len(found[1].split()) <= 2 * MOST_GAP_WORDS:
            yield found.span(1)


def _subject(text: str) -> Iterator[tuple[int, int]]:
    """What the sentence is about, if it says what that is."""
    found = _COPULA.match(text)
    if found is None:
        return
    words = found[2].casefold().split()
    wrong = (
        words[0] in _PRONOUNS
        or words[-1] in _SUBJECTLESS
        or words[0] in _SUBJECTLESS
        or len(words) > MOST_GAP_WORDS
        or any(word in ("and", "that", "which") for word in words[1:])
    )
    if not wrong:
        yield found.span(2)


def _quoted(text: str) -> Iterator[tuple[int, int]]:
    for found in _QUOTED.finditer(text):
        if len(found[1].split()) <= MOST_GAP_WORDS:
            yield found.span(1)


def _after_cue(text: str) -> Iterator[tuple[int, int]]:
    """The few words after "called", "via" and the like."""
    for cue in _CUE.finditer(text):
        stop = _STOP.search(text, cue.end())
        end = stop.start() if stop is not None else len(text)
        phrase = text[cue.end() : end].rstrip()
        words = phrase.split()
        if words and len(words) <= MOST_GAP_WORDS and words[0].casefold() not in _PRONOUNS and _WORDS.search(phrase):
            if len(words) == 1 and (words[0].casefold() in _COMMON or len(words[0]) < 4):
                continue
            yield cue.end(), cue.end() + len(phrase)


def _name(text: str) -> Iterator[tuple[int, int]]:
    """A name in the middle of the sentence, or one with more than one capital anywhere."""
    for one in _NAME.finditer(text):
        inside = one.start() > 0 and text[one.start() - 2 : one.start() - 1] not in (".", "?", "!", ":")
        named = inside or sum(sign.isupper() for sign in one[0]) > 1
        if named and len(one[0]) > 1 and one[0].casefold() not in _PRONOUNS and not _SLIP.fullmatch(one[0]):
            yield one.span()


def _number(text: str) -> Iterator[tuple[int, int]]:
    for found in _NUMBER.finditer(text):
        yield found.span()


_WAYS: tuple[Callable[[str], Iterator[tuple[int, int]]], ...] = (
    _arrow,
    _subject,
    _quoted,
    _after_cue,
    _name,
    _number,
)

_OF_MANY = re.compile(r"\b(?:all|each|every|no)\s+$", re.I)
_Ranked = tuple[tuple[bool, bool, bool, bool, bool, int, int, bool, int], tuple[int, int]]


def _rare(
    number: int, sentence: _Sentence, text: str, avoid: Container[str], often: Mapping[str, int]
) -> Iterator[_Ranked]:
    """Words of the heads, or that name things, rather than rare ones; the smallest is the best.

    Those in an aside come after those outside, those of the sentence with this number after earlier ones, and those
    within a phrase, as adjectives are, after those at its end.
    """
    for at, one in enumerate(_WORDS.finditer(sentence.text)):
        word = one[0]
        times = often.get(word.casefold(), 1)  # a word of the heads has its number negated
        if len(word) < 5 - (times < 0) or word.casefold() in _COMMON or word.endswith("ly") or not word[0].isalpha():
            continue
        place = sentence.start + one.start(), sentence.start + one.end()
        if not _may_be_asked(text, place, avoid, sentence.words):
            continue
        before, after = sentence.text[: one.start()], sentence.text[one.end() :]
        aside = before.count("(") > before.count(")")
        inner = bool(after) and _STOP.match(after) is None and after.lstrip()[:1] not in "(["
        noun = times < 0 or _THING.search(word) is not None
        verb = not noun and word.endswith(("ing", "ed", "es"))
        thing = noun or (not inner and _OF_MANY.search(before) is not None)
        yield (at == 0, aside, verb, not thing, inner and not thing, number, abs(times), inner, -len(word)), place


def counted_words(texts: Iterable[str], heads: Iterable[str]) -> dict[str, int]:
    """How often each word occurs, in small letters; those of the heads, which the notes are about, have it negated."""
    found: dict[str, int] = {}
    for text in texts:
        for word in _WORDS.findall(text):
            small = word.casefold()
            found[small] = found.get(small, 0) + 1
    for word in {word.casefold() for head in heads for word in _WORDS.findall(head)}:
        found[word] = -found.get(word, 1)
    return found


def words_of(text: str) -> set[str]:
    """The words of a text in small letters, each also without the s of its plural."""
    found = _WORDS.findall(text)
    return {word.casefold() for word in found} | {stem(word) for word in found}
