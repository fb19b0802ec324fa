"""Pages that are not the ones asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from exporter.sandbox.faults.errors import RuleError
from exporter.sandbox.paging import PageParameters, cursor_at, first_position, page_size
from exporter.sandbox.question import Question
from exporter.sandbox.reply import Reply, json_bytes

PAGE_NUMBERS = ("page", "teamsPage", "projectsPage", "resourcesPage")
PLACES = frozenset({*PAGE_NUMBERS, "cursor"})
Tell = Callable[[Question], Reply]


def has_page_before(question: Question, pages: PageParameters | None) -> bool:
    """Whether the request is for another page than the first."""
    numbers = _numbers_before(question)
    return bool(numbers) or (pages is not None and bool(question.text(pages.cursor)))


def page_repeated(question: Question, pages: PageParameters | None, tell: Tell) -> Reply:
    """The rows of the page before, said to be this one: the place of this page, and that more follows.

    An answer that does not tell of pages does not do so here either. Raises RuleError where there is no true page.
    """
    reply, asked, before = tell(question), *_both(question, pages, tell)
    if "pagination" in asked and "pagination" in before:
        more = {"hasNextPage": True, "count": before["pagination"]["count"]}
        before["pagination"] = {**asked["pagination"], **more, **_next_cursor(question, pages)}
    return _with_body(reply, before)


def cursor_looped(question: Question, pages: PageParameters | None, tell: Tell) -> Reply:
    """The true page with the cursor of the first, which leads to the second; raises RuleError where there is none."""
    reply = tell(question)
    body = _success(reply)
    first = Question(question.path, {name: text for name, text in question.query.items() if name not in PLACES})
    body["pagination"] |= {"hasNextPage": True, **_next_cursor(first, pages)}
    return _with_body(reply, body)


def _both(question: Question, pages: PageParameters | None, tell: Tell) -> tuple[dict[str, Any], dict[str, Any]]:
    return _success(tell(question)), _success(tell(_question_before(question, pages)))


def _question_before(question: Question, pages: PageParameters | None) -> Question:
    query = {**question.query, **_numbers_before(question)}
    if pages and question.text(pages.cursor):
        before = first_position(question, pages) - page_size(question, pages)
        query[pages.cursor] = cursor_at(max(0, before))
    return Question(question.path, query)


def _numbers_before(question: Question) -> Mapping[str, str]:
    numbers = ((name, question.text(name) or "") for name in PAGE_NUMBERS)
    return {name: str(int(text) - 1) for name, text in numbers if text.isdecimal() and int(text) > 1}


def _next_cursor(question: Question, pages: PageParameters | None) -> Mapping[str, str]:
    if pages is None:
        return {}
    return {"cursor": cursor_at(first_position(question, pages) + page_size(question, pages))}


def _success(reply: Reply) -> dict[str, Any]:
    if reply.status != 200:  # noqa: PLR2004 - the status of every success here
        raise RuleError(f"the true answer is a {reply.status} without pages")
    return dict(json.loads(reply.body))


def _with_body(reply: Reply, body: object) -> Reply:
    return Reply(reply.status, json_bytes(body), reply.headers)
