import pytest

from exporter.errors import DecodeError
from exporter.northflank.wire.answer import Page, fault_message, is_of_the_api, open_envelope
from tests.wire.bodies import REQUEST, answer

DEEP = 100_000


def test_envelope() -> None:
    """An answer is its data and its place among the pages."""
    page = open_envelope(answer('{"data": {"a": 1}, "pagination": {"hasNextPage": true, "cursor": "c", "count": 1}}'))

    assert Page(content={"a": 1}, has_more=True, cursor="c", is_paged=True) == page


@pytest.mark.parametrize(
    ("pagination", "expected"),
    [
        pytest.param("", Page({}), id="not_paged"),
        pytest.param(', "pagination": null', Page({}), id="null"),
        pytest.param(', "pagination": {}', Page({}, is_paged=True), id="says_nothing"),
        pytest.param(
            ', "pagination": {"hasNextPage": false, "cursor": ""}',
            Page({}, has_more=False, is_paged=True),
            id="the_last",
        ),
        pytest.param(
            ', "pagination": {"hasNextPage": true, "next": 7}', Page({}, has_more=True, is_paged=True), id="no_cursor"
        ),
    ],
)
def test_pagination(pagination: str, expected: Page[object]) -> None:
    """What an answer does not say of its pages is not known; an empty cursor is none."""
    assert expected == open_envelope(answer(f'{{"data": {{}}{pagination}}}'))


def test_other_content_at_the_same_place() -> None:
    """A page keeps its place when its content is read."""
    page = Page("a", has_more=True, cursor="c", is_paged=True, customer="acme")

    assert Page("b", has_more=True, cursor="c", is_paged=True, customer="acme") == page.with_content("b")


ACME, OTHER = '{"entityId": "acme", "entityType": "team"}', '{"entityId": "other", "entityType": "team"}'


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(f'{{"scope": {ACME}}}', "acme", id="of_the_answer"),
        pytest.param(f'{{"invoices": [{{"scope": {ACME}}}, {{"scope": {ACME}}}]}}', "acme", id="of_all_rows"),
        pytest.param(f'{{"invoices": [{{"scope": {ACME}}}, {{}}]}}', "acme", id="of_some_rows"),
        pytest.param(f'{{"invoices": [{{"scope": {ACME}}}, {{"scope": {OTHER}}}]}}', None, id="rows_differ"),
        pytest.param(f'{{"scope": {ACME}, "invoices": [{{"scope": {OTHER}}}]}}', None, id="answer_and_row_differ"),
        pytest.param(f'{{"invoices": {{"scope": {ACME}}}}}', None, id="one_object_in_place_of_rows"),
        pytest.param("{}", None, id="none"),
        pytest.param('{"invoices": []}', None, id="no_rows"),
        pytest.param('{"scope": null, "invoices": [null, 5]}', None, id="nothing_to_read"),
        pytest.param('{"scope": {}}', None, id="no_id"),
        pytest.param('{"scope": {"entityId": ""}}', None, id="empty"),
        pytest.param('{"scope": {"entityId": 7}}', None, id="number"),
        pytest.param('{"scope": {"entityId": ["acme"]}}', None, id="array"),
        pytest.param('{"scope": "acme"}', None, id="another_shape"),
    ],
)
def test_customer(data: str, expected: str | None) -> None:
    """The billing customer is the one that an answer names; where several are named, or none is, it is not known."""
    assert expected == open_envelope(answer(f'{{"data": {data}}}')).customer


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param('{"data": {"invoices": []}}', True, id="answer"),
        pytest.param('{"data": {}, "pagination": {"hasNextPage": true}}', True, id="page"),
        pytest.param('{"data": []}', True, id="array"),
        pytest.param('{"error": {"status": 403, "message": "no", "id": "a", "details": {}}}', True, id="failure"),
        pytest.param('{"error": "forbidden"}', False, id="failure_of_a_gateway"),
        pytest.param('{"error": null}', False, id="no_failure"),
        pytest.param('{"message": "forbidden"}', False, id="another_form"),
        pytest.param("{}", False, id="nothing"),
        pytest.param("[]", False, id="list"),
        pytest.param("", False, id="no_body"),
        pytest.param("<html>502</html>", False, id="html"),
        pytest.param('{"data": {"invo', False, id="cut"),
        pytest.param('{"data": ' + '{"a": ' * DEEP + "1" + "}" * (DEEP + 1), False, id="deep"),
    ],
)
def test_outer_layer(body: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    """An answer is the API's own where it has the outer layer that the API gives to answers and failures."""
    assert expected == is_of_the_api(body.encode())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("", "Input data was truncated", id="empty"),
        pytest.param('{"data": {"invoices": [{"id": "83', "Input data was truncated", id="truncated"),
        pytest.param("<html>502</html>", "JSON is malformed: invalid character (byte 0)", id="html"),
        pytest.param("[]", "Expected `object`, got `array`", id="array"),
        pytest.param("null", "Expected `object`, got `null`", id="null"),
        pytest.param("{}", "Object missing required field `data`", id="no_data"),
        pytest.param('{"data": null}', "Expected `object`, got `null` - at `$.data`", id="null_data"),
        pytest.param('{"data": []}', "Expected `object`, got `array` - at `$.data`", id="array_of_data"),
        pytest.param('{"data": {}} {}', "JSON is malformed: trailing characters (byte 14)", id="two_documents"),
        pytest.param(
            '{"data": {}, "pagination": {"hasNextPage": "false"}}',
            "Expected `bool | null`, got `str` - at `$.pagination.hasNextPage`",
            id="text_for_a_bool",
        ),
        pytest.param(
            '{"data": {}, "pagination": {"cursor": 7}}',
            "Expected `str | null`, got `int` - at `$.pagination.cursor`",
            id="number_for_a_cursor",
        ),
        pytest.param('{"data": {"a": NaN}}', "JSON is malformed: invalid character (byte 15)", id="nan"),
        pytest.param('{"data": {"a": -Infinity}}', "JSON is malformed: invalid character (byte 16)", id="infinity"),
        pytest.param('{"data": {"a": 1e99999999999999999999}}', "InvalidOperation", id="endless_exponent"),
        pytest.param('{"data": {"a": 1e-99999999999999999999}}', "InvalidOperation", id="endlessly_small"),
        pytest.param("[" * DEEP + "]" * DEEP, "RecursionError", id="deep"),
        pytest.param('{"data": ' + '{"a": ' * DEEP + "1" + "}" * (DEEP + 1), "RecursionError", id="deep_data"),
        pytest.param(b'{"data": {"name": "\xe9"}}', "UnicodeDecodeError", id="latin_1"),
        pytest.param(b'{"data": {"name": "\xed\xa0\x80"}}', "UnicodeDecodeError", id="raw_surrogate"),
    ],
)
def test_not_an_answer(body: str | bytes, reason: str) -> None:
    """What is not an answer of the API is refused in one line that names the request, and quotes nothing of it."""
    with pytest.raises(DecodeError) as caught:
        open_envelope(answer(body))

    assert f"{REQUEST}: not an answer of Northflank's API: {reason}" == str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(r"\ud800", id="first_half"),
        pytest.param(r"\ud800 and more text", id="first_half_within_text"),
        pytest.param(r"\udc00", id="second_half"),
        pytest.param(r"\udc00\ud800", id="wrong_order"),
    ],
)
def test_lone_surrogates(text: str) -> None:
    """Half a character could never be shown: an answer that holds one is refused before it becomes a label."""
    with pytest.raises(DecodeError, match="not an answer of Northflank's API"):
        open_envelope(answer(f'{{"data": {{"name": "{text}"}}}}'))


def test_whole_surrogate_pairs() -> None:
    """A character outside of the basic plane may be written as a pair of escapes."""
    assert {"name": "😀"} == open_envelope(answer(r'{"data": {"name": "\ud83d\ude00"}}')).content


def test_an_endless_integer() -> None:
    """An integer of 5,000 digits is refused, and not quoted."""
    with pytest.raises(DecodeError) as caught:
        open_envelope(answer('{"data": {"total": ' + "9" * 5000 + "}}"))

    assert "99" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param('{"error": {"status": 404, "message": "No such team"}}', "No such team", id="message"),
        pytest.param('{"error": {"message": "no", "id": 7, "details": {"a": []}}}', "no", id="more_fields"),
        pytest.param(
            r'{"error": {"message": "a\u0000b\nc\td\u001b[31m\u2028e\u200bf"}}', "a b c d [31m e f", id="control"
        ),
        pytest.param('{"error": {"message": "Ünknown 😀"}}', "Ünknown 😀", id="not_ascii"),
        pytest.param('{"error": {"message": "' + "x" * 500 + '"}}', "x" * 200, id="cut"),
        pytest.param('{"error": {"message": ""}}', None, id="empty_message"),
        pytest.param('{"error": {"message": null}}', None, id="null_message"),
        pytest.param('{"error": {"message": 5}}', None, id="number"),
        pytest.param('{"error": {}}', None, id="no_message"),
        pytest.param('{"error": "no"}', None, id="text"),
        pytest.param('{"message": "no"}', None, id="another_form"),
        pytest.param("", None, id="no_body"),
        pytest.param("<html>", None, id="html"),
        pytest.param(r'{"error": {"message": "\ud800 "}}', None, id="surrogate"),
        pytest.param('{"error": {"message": "no", "details": ' + "[" * DEEP + "]" * DEEP + "}}", None, id="deep"),
    ],
)
def test_fault_message(body: str, message: str | None) -> None:
    """What the server says of a failure is one printable line of at most 200 characters, or nothing."""
    assert message == fault_message(body.encode())


def test_fault_message_of_other_bytes() -> None:
    """A body that is no text says nothing."""
    assert fault_message(b'{"error": {"message": "\xff"}}') is None


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param("Bearer s3cret is not known", "Bearer *** is not known", id="repeated"),
        pytest.param("s3cret s3cret", "*** ***", id="twice"),
        pytest.param("x" * 197 + "s3cret", "x" * 197 + "***", id="where_the_text_is_cut"),
        pytest.param("no", "no", id="not_in_it"),
    ],
)
def test_fault_message_without_the_secret(message: str, expected: str) -> None:
    """A server that repeats the token does not bring it into an error, not even a part of it."""
    assert expected == fault_message(f'{{"error": {{"message": "{message}"}}}}'.encode(), "s3cret")
