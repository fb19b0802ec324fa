"""The catalogue of faults: how an answer is spoilt, and what a person then reads in the log."""

from dataclasses import dataclass, field
from typing import Any

LIST = "list_invoices"
DETAIL = "get_invoice"
ASK = {LIST: "GET /v1/billing/invoices?", DETAIL: "GET /v1/billing/invoices/"}
HTML = {"status": 502, "html": True}
TAX_PERCENT = "data.tax.percent"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which an answer goes wrong.

    `outcome` is the label's value, `says` stands in the log line, `world` is what the sandbox has to be for it.
    """

    name: str
    fault: str
    outcome: str
    says: str
    arguments: dict[str, Any] = field(default_factory=dict)
    endpoints: tuple[str, ...] = (LIST, DETAIL)
    timeout_seconds: float = 5.0
    retries: bool = False
    world: dict[str, Any] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)

    def rule(self, endpoint: str) -> dict[str, Any]:
        """The rule that spoils every answer of the endpoint, of those with that query."""
        return {"fault": self.fault, "endpoint": endpoint, "query": self.query, "with": self.arguments}


def edit(path: str, **change: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The arguments of an edit at one place."""
    return {"edits": [{"path": path, **change}]}


def status(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """The arguments of a status."""
    return {"status": number, **more}


EVERYWHERE = (
    Fault("unauthorized", "status", "unauthorized", "401: the token is not accepted; make a new one", status(401)),
    Fault("forbidden", "status", "forbidden", "give its role Organisation > Admin > Billing > Read", status(403)),
    Fault("not_found", "status", "not_found", "404: there is no such thing; check base_url and team_id", status(404)),
    Fault("request_timeout", "status", "server_error", "408: the server gave up waiting", status(408), retries=True),
    Fault("rate_limited", "status", "rate_limited", "the allowance of this token is used up", status(429)),
    Fault(
        "rate_limited_with_retry_after",
        "status",
        "rate_limited",
        "the allowance of this token is used up",
        status(429, headers={"retry-after": "7"}),
        retries=True,
    ),
    Fault("server_error", "status", "server_error", "500: a fault at the server", status(500), retries=True),
    Fault("bad_gateway_html", "status", "server_error", "502: a fault at the server", HTML, retries=True),
    Fault("no_content", "status", "refused", "204: not an answer that the API gives", status(204)),
    Fault("deadline", "hang", "timeout", "no whole answer within 0.3 s", timeout_seconds=0.3, retries=True),
    Fault("deadline_dripping", "drip", "timeout", "no whole answer within 0.3 s", timeout_seconds=0.3, retries=True),
    Fault("cut_in_mid_body", "cut", "connection", "no answer (RemoteProtocolError)", retries=True),
    Fault("truncated_json", "truncated_json", "decode", "not an answer of Northflank's API: Input data was truncated"),
    Fault("another_shape", "other_shape", "decode", "Expected `object`, got `array`"),
    Fault("another_object", "other_shape", "decode", "missing required field `data`", {"body": '{"hello":"world"}'}),
    Fault("html_as_an_answer", "other_shape", "decode", "JSON is malformed", {"body": "<html>Welcome</html>"}),
    Fault(
        "redirect",
        "redirect",
        "redirected",
        "points to example.invalid; not followed",
        {"location": "http://example.invalid/"},
    ),
    Fault("body_of_200_mb", "huge_body", "too_large", "the answer is larger than 64 MiB", timeout_seconds=30.0),
)

ROWS = (
    Fault(
        "missing_field",
        "edit",
        "decode",
        "missing required field `total` - at `$.data.invoices[0]`",
        edit("data.invoices.0.total", delete=True),
    ),
    Fault(
        "missing_id",
        "edit",
        "decode",
        "missing required field `id` - at `$.data.invoices[0]`",
        edit("data.invoices.0.id", delete=True),
    ),
    Fault(
        "missing_invoices",
        "edit",
        "decode",
        "missing required field `invoices` - at `$.data`",
        edit("data.invoices", delete=True),
    ),
    Fault(
        "string_for_a_number",
        "edit",
        "decode",
        "Expected a number, got str - at `$.data.invoices[0].total`",
        edit("data.invoices.0.total", set="12.50"),
    ),
    Fault(
        "boolean_for_a_number",
        "edit",
        "decode",
        "Expected a number, got bool - at `$.data.invoices[0].subTotal`",
        edit("data.invoices.0.subTotal", set=True),
    ),
    Fault("not_a_number", "edit", "decode", "JSON is malformed", edit("data.invoices.0.total", raw="NaN")),
    Fault("infinity", "edit", "decode", "JSON is malformed", edit("data.invoices.0.total", raw="Infinity")),
    Fault(
        "beyond_all_bills",
        "edit",
        "decode",
        "a number of another magnitude - at `$.data.invoices[0].total`",
        edit("data.invoices.0.total", raw="1e400"),
    ),
    Fault(
        "bad_currency",
        "edit",
        "decode",
        "Expected a currency code of three letters - at `$.data.invoices[0].currency`",
        edit("data.invoices.0.currency", set="dollars"),
    ),
    Fault(
        "milliseconds", "edit", "decode", "Expected Unix seconds", edit("data.invoices.0.period.end", set=1795312800000)
    ),
    Fault(
        "row_twice", "edit", "duplicate_series", "one of them would be lost", edit("data.invoices", append_copy_of=0)
    ),
    Fault(
        "contradicting_units",
        "edit",
        "generation",
        "contradict each other: the unit of its amounts cannot be told",
        edit("data.invoices.2.paasUsage", set={"price": {"total": 31.0}}),
    ),
    Fault("page_repeats", "repeat_page", "paging", "brings nothing new", world={"page_cap": 5, "invoices": 12}),
    Fault(
        "cursor_loops", "loop_cursor", "paging", "a cursor that it gave before", world={"page_cap": 5, "invoices": 12}
    ),
    Fault(
        "more_without_a_cursor",
        "edit",
        "paging",
        "says that more follows, but gives no cursor",
        edit("pagination.hasNextPage", set=True),
    ),
)

OF_A_TEAM = {"teamId": "*"}

TREES = (
    Fault("another_invoice", "edit", "decode", "got ANOTHER-1", edit("data.id", set="ANOTHER-1")),
    Fault(
        "another_currency", "edit", "decode", "in EUR, while the list has it in USD", edit("data.currency", set="eur")
    ),
    Fault(
        "missing_team_id",
        "edit",
        "decode",
        "missing required field `id` - at `$.data.paas.teams[0]`",
        edit("data.paas.teams.0.id", delete=True),
        query=OF_A_TEAM,
    ),
    Fault(
        "string_in_the_tree",
        "edit",
        "decode",
        "Expected a number, got str - at `$.data.paas.teams[0].price.total`",
        edit("data.paas.teams.0.price.total", set="1.00"),
        query=OF_A_TEAM,
    ),
    Fault(
        "team_twice",
        "edit",
        "duplicate_series",
        "teams[0] and teams[1] are both",
        edit("data.paas.teams", append_copy_of=0),
        query=OF_A_TEAM,
    ),
    Fault(
        "legacy_fields_alone",
        "edit",
        "generation",
        "answers with usage fields of 2026-06 or before, which 2026-10 does not have",
        {
            "edits": [
                {"path": "data.paas", "delete": True},
                {"path": "data.byoc", "delete": True},
                {"path": "data.paasUsage", "set": {"teams": []}},
            ]
        },
        query=OF_A_TEAM,
    ),
)

LIST_FAULTS = (*EVERYWHERE, *ROWS)
DETAIL_FAULTS = (*EVERYWHERE, *TREES)
