"""Rules of a paper for print: all questions first, and their key only after them."""

from __future__ import annotations

from dataclasses import replace

from studyapp.exam_pages import paper_html, paper_markdown
from tests.exam_pages.samples import OPTIONS, QUESTIONS, headings, paper


def test_a_paper_has_each_question_with_its_options_and_limit() -> None:
    """In order, under their letters; the rules stand above them."""
    page = paper_markdown(paper())
    assert headings(page)[:8] == ["A course", "Questions", *(f"{n} (1:00)" for n in range(1, 7))]
    assert "6 questions, 7:30 in all. Seed 7." in page
    assert "without going back" in page
    assert "e-mail address" in page
    asked, _, _ = page.partition("## Answer key")
    assert asked.count("- **a** the first\n- **b** the second\n- **c** the third") == 6
    assert "without going back" not in paper_markdown(paper(forward_only=False))
    assert "6 questions, 45:00 in all" in paper_markdown(paper(), minutes=45)


def test_a_papers_questions_do_not_give_the_key_away() -> None:
    """Which option is right changes nothing before the key."""
    other = tuple(replace(one, correct=place == 2) for place, one in enumerate(OPTIONS))
    swapped = paper(*(replace(one, options=other) for one in QUESTIONS))
    for page, mark in ((paper_markdown, "## Answer key"), (paper_html, '<section class="new-page">')):
        asked, found, key = page(paper()).partition(mark)
        asked_too, _, key_too = page(swapped).partition(mark)
        assert found
        assert asked == asked_too
        assert key != key_too
        for told in ("Both sides count", "Glorot 2010", "uses $n$ only", "limit_is_deviation", "xavier_variance"):
            assert told not in asked


def test_a_papers_key_has_the_answer_the_mistakes_and_the_source() -> None:
    """Of every question, after a page break."""
    key = paper_markdown(paper()).partition("## Answer key")[2]
    assert "**1 b · 2 b · 3 b · 4 b · 5 b · 6 b**" in key
    for told in ("\n\nthe second\n\n", "It uses $n$ only.", "The mistake `limit_is_deviation`.", "Source: Glorot 2010"):
        assert key.count(told) == 6
    assert "break-before: page" in paper_html(paper())
