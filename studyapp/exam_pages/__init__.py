"""Exams on pages to keep, print or read by a script: the report of a sitting, and a paper with its answer key.

A page is a list of blocks (`studyapp.exam_pages.blocks`), written as Markdown or as HTML. Texts from cards may be
anybody's: on a page they can only be text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from studyapp.core.exam.paper import Paper
    from studyapp.core.exam.report import Report
    from studyapp.exams import Kept

__all__ = ["paper_html", "paper_markdown", "report_html", "report_json", "report_json_text", "report_markdown"]


def report_markdown(kept: Kept, report: Report) -> str:
    """The report of a sitting whose results may be shown, as Markdown."""
    from studyapp.exam_pages.markdown import markdown
    from studyapp.exam_pages.report_page import report_page

    return markdown(report_page(kept, report))


def report_html(kept: Kept, report: Report) -> str:
    """The same as one HTML file, for a browser and for print."""
    from studyapp.exam_pages.html import html
    from studyapp.exam_pages.report_page import report_page

    return html(f"Report · {kept.sitting.paper.title}", report_page(kept, report))


def report_json(kept: Kept, report: Report) -> dict[str, Any]:
    """The same as JSON knows it; its keys are told in `studyapp exams show --help`."""
    from studyapp.exam_pages.told import report_json as told

    return told(kept, report)


def report_json_text(kept: Kept, report: Report) -> str:
    """The same as a file or a terminal may have it."""
    from studyapp.core.text import json_text

    return json_text(report_json(kept, report)) + "\n"


def paper_markdown(paper: Paper, *, minutes: float | None = None) -> str:
    """The paper with its answer key at the end, as Markdown; `minutes` as for `Exams.start`."""
    from studyapp.exam_pages.markdown import markdown
    from studyapp.exam_pages.paper_page import paper_page

    return markdown(paper_page(paper, minutes=minutes))


def paper_html(paper: Paper, *, minutes: float | None = None) -> str:
    """The same as one HTML file, the key on a new page."""
    from studyapp.exam_pages.html import html
    from studyapp.exam_pages.paper_page import paper_page

    return html(paper.title, paper_page(paper, minutes=minutes))
