"""Saves the report of a sitting as a file; the ending of its name says in which form."""

from __future__ import annotations

from pathlib import Path

from studyapp.core.exam.report import Report
from studyapp.decks import atomic
from studyapp.exams import Kept
from studyapp.library import LibraryError


def save_report(file: Path, kept: Kept, report: Report) -> None:
    """Write a new file, whole or not at all.

    LibraryError for an ending other than .md, .html and .json and for a file that exists: a slip costs no notes.
    DeckError for a place that cannot be written.
    """
    from studyapp import exam_pages

    match file.suffix.lower():
        case ".md":
            text = exam_pages.report_markdown(kept, report)
        case ".html":
            text = exam_pages.report_html(kept, report)
        case ".json":
            text = exam_pages.report_json_text(kept, report)
        case _:
            raise LibraryError(f"{file.name} is no kind of report; give it a name that ends in .md, .html or .json")
    if file.exists():
        raise LibraryError(f"{file} exists already; give another name")
    atomic(file, text.encode())
