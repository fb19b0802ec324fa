"""What each fault makes of a request: the table of faults."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from starlette.types import ASGIApp

from exporter.sandbox.endpoint import Endpoint
from exporter.sandbox.faults.delivery import Cut, Drip, Hang, Huge, Late
from exporter.sandbox.faults.edits import edited
from exporter.sandbox.faults.errors import RuleError
from exporter.sandbox.faults.pages import Tell, cursor_looped, page_repeated
from exporter.sandbox.faults.rule import Rule
from exporter.sandbox.question import Question
from exporter.sandbox.reply import Reply, error_reply

NO_STATUS = 0
"""In the request log: the answer never became whole."""

BODILESS = (204, 304)
PAGE = "<!DOCTYPE html>\n<html><head><title>{status}</title></head><body><h1>{status}</h1><p>{text}</p></body></html>\n"


@dataclass(frozen=True, slots=True)
class Spoilt:
    """How a request is answered, and the status that the request log tells of it."""

    status: int
    deliver: ASGIApp


@dataclass(frozen=True, slots=True)
class Case:
    """A request that a rule spoils: what was asked of what, and `tell`, which gives the true answer to a question.

    `headers` are those that every answer carries.
    """

    rule: Rule
    endpoint: Endpoint
    question: Question
    tell: Tell
    headers: Mapping[str, str]

    def truth(self) -> Reply:
        """What a sandbox that behaves would answer."""
        return self.tell(self.question)


def spoilt(case: Case) -> Spoilt:
    """How the rule answers the request; a rule that cannot be applied is a 500 that says so."""
    try:
        return FAULTS[case.rule.fault](case)
    except RuleError as error:
        return whole(error_reply(500, f"the rule {case.rule.fault} cannot be applied: {error}", "rule", case.headers))


def whole(reply: Reply) -> Spoilt:
    """A reply that goes out as it is."""
    return Spoilt(reply.status, reply.response())


def _status(case: Case) -> Spoilt:
    told = case.rule.arguments
    headers = {**case.headers, **{str(name): str(value) for name, value in told["headers"].items()}}
    if told["status"] in BODILESS:
        return whole(Reply(told["status"], b"", headers))
    if not told["html"]:
        return whole(error_reply(told["status"], told["message"], "fault", headers))
    page = PAGE.format(status=told["status"], text=html.escape(told["message"]))
    return whole(Reply(told["status"], page.encode(), headers, "text/html"))


def _hang(case: Case) -> Spoilt:
    return Spoilt(NO_STATUS, Hang(case.rule.arguments["seconds"]))


def _drip(case: Case) -> Spoilt:
    truth = case.truth()
    return Spoilt(truth.status, Drip(truth, case.rule.arguments["seconds_between"]))


def _cut(case: Case) -> Spoilt:
    return Spoilt(NO_STATUS, Cut(case.truth()))


def _truncated_json(case: Case) -> Spoilt:
    truth = case.truth()
    return whole(replace(truth, body=truth.body[: len(truth.body) // 2]))


def _other_shape(case: Case) -> Spoilt:
    return whole(Reply(200, case.rule.arguments["body"].encode(), case.headers))


def _redirect(case: Case) -> Spoilt:
    told = case.rule.arguments
    return whole(Reply(told["status"], b"", {**case.headers, "location": told["location"]}))


def _huge_body(case: Case) -> Spoilt:
    told = case.rule.arguments
    return Spoilt(200, Huge(Reply(200, b"", case.headers), told["bytes"], told["content_length"]))


def _latency(case: Case) -> Spoilt:
    truth = case.truth()
    return Spoilt(truth.status, Late(truth, case.rule.arguments["seconds"]))


def _edit(case: Case) -> Spoilt:
    truth = case.truth()
    return whole(replace(truth, body=edited(truth.body, case.rule.arguments["edits"])))


def _repeat_page(case: Case) -> Spoilt:
    return whole(page_repeated(case.question, case.endpoint.pages, case.tell))


def _loop_cursor(case: Case) -> Spoilt:
    return whole(cursor_looped(case.question, case.endpoint.pages, case.tell))


def _vanish(case: Case) -> Spoilt:
    return whole(error_reply(404, f"there is no team {case.rule.arguments['team']}", "not-found", case.headers))


FAULTS: Mapping[str, Callable[[Case], Spoilt]] = MappingProxyType(
    {
        "status": _status,
        "hang": _hang,
        "drip": _drip,
        "cut": _cut,
        "truncated_json": _truncated_json,
        "other_shape": _other_shape,
        "redirect": _redirect,
        "huge_body": _huge_body,
        "latency": _latency,
        "edit": _edit,
        "repeat_page": _repeat_page,
        "loop_cursor": _loop_cursor,
        "vanish": _vanish,
    }
)
