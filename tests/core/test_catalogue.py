"""Rules of the list of simulations: under which topic each stands, and which are found by words."""

from __future__ import annotations

from studyapp.core.catalogue import OTHER, by_topic, matching
from studyapp.simulation import ClaimMark, Description, ExpectedMark, MistakeMark, Parameter


def described(name: str, topic: str = "", **more: str) -> Description:
    """A description with one of each: a parameter, a value, a claim and a mistake."""
    words = {"title": "A title", "summary": "What it shows.", "help": "rate", "choice": "relu", "mistake": "squares it"}
    words |= more
    return Description(
        name=name,
        title=words["title"],
        summary=words["summary"],
        parameters=(Parameter("gain", "choice", words["choice"], help=words["help"], choices=(words["choice"],)),),
        values=(ExpectedMark("ratio", "first over last"),),
        claims=(ClaimMark(1, "falls", "the norm falls by a factor per layer"),),
        mistakes=(MistakeMark("squared", "ratio", words["mistake"]),),
        topic=topic,
    )


KNOWN = {
    "adam": described("adam", "Optimisation"),
    "coin_toss": described("coin_toss"),
    "dropout": described("dropout", "regularisation", title="Dropout, and Adam too"),
    "momentum": described("momentum", "Optimisation", choice="swish", mistake="averages losses"),
}


def test_topics_are_in_alphabetical_order_and_others_last() -> None:
    """Whatever the case; within a topic the order is the one given; what cannot be read stands with the others."""
    found = by_topic(["momentum", "unread", "dropout", "adam", "coin_toss"], KNOWN)
    assert found == [
        ("Optimisation", ["momentum", "adam"]),
        ("regularisation", ["dropout"]),
        (OTHER, ["unread", "coin_toss"]),
    ]


def test_every_text_is_searched() -> None:
    """Name, title, topic, parameters with their choices, values, claims and misconceptions, whatever the case."""
    names = list(KNOWN)
    assert matching("SWISH", names, KNOWN) == ["momentum"]
    assert matching("averages loss", names, KNOWN) == ["momentum"]
    assert matching("optim", names, KNOWN) == ["adam", "momentum"]
    for words in ("first over", "per layer", "gain", "rate", "what it shows", "ratio falls"):
        assert matching(words, names, KNOWN) == names
    assert matching("optim swish dropout", names, KNOWN) == []


def test_a_match_in_the_name_comes_first() -> None:
    """Then one in the title, then any other; `_` and a space are alike; without words all are there, known or not."""
    assert matching("adam", ["dropout", "adam"], KNOWN) == ["adam", "dropout"]
    told = {
        **KNOWN,
        "about": described("about", choice="dropout"),
        "zeros": described("zeros", title="Dropout, mostly"),
    }
    assert matching("dropout", sorted(told), told) == ["dropout", "zeros", "about"]
    assert matching("coin toss", KNOWN, KNOWN) == matching("coin_toss", KNOWN, KNOWN) == ["coin_toss"]
    assert matching("unread", ["adam", "not_unread"], KNOWN) == ["not_unread"]
    assert matching("  ", ["unread", "adam"], KNOWN) == ["unread", "adam"]
