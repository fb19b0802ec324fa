"""What an official SDK reads of a sandbox, printed as JSON; run by itself, with one SDK on its path.

Arguments: the sandbox's address, the SDK's version and, as JSON, what to ask for beyond the list; `what` is invoices or
usage.
"""

import json
import sys
from typing import Any

from northflank import ApiClient  # type: ignore[import-not-found] # only the subprocess has it on its path


def read_2_1_0(client: Any, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own type
    """The list, every invoice, and one invoice's projects in pages of two resources."""
    listed = client.list.invoices.all(per_page=5, remove_legacy_fields=True).data["invoices"]
    details = [client.get.invoice(invoice_id=row["id"], remove_legacy_fields=True).data for row in listed]
    projects = [
        client.get.invoice(
            invoice_id=asked["invoice"], project_id=project, resources_page=page, resources_per_page=2
        ).data
        for project in asked["projects"]
        for page in (1, 2)
    ]
    return {"listed": listed, "details": details, "projects": projects}


def read_2_0_0(client: Any, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own type
    """The list, every invoice, and one invoice's projects in pages of seven entries."""
    listed = client.list.invoices.all(per_page=5).data["invoices"]
    details = [client.get.invoice(invoice_id=row["id"]).data for row in listed]
    projects = [
        client.get.invoice(invoice_id=asked["invoice"], project_id=project, page=page, per_page=7).data
        for project in asked["projects"]
        for page in range(1, 5)
    ]
    return {"listed": listed, "details": details, "projects": projects}


def read_1_0_0(client: Any, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own type
    """The list, and the details of each instant asked for."""
    listed = client.list.invoices.all(per_page=5).data["invoices"]
    details = [client.get.invoice.details(timestamp=instant).data for instant in asked["instants"]]
    return {"listed": listed, "details": details}


def read_usage_2_1_0(client: Any, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own type
    """The hours of a window in pages of seven, each one's tree, the window's days and total, and the credits."""
    window = {"start_time": asked["start"], "end_time": asked["end"], "remove_legacy_fields": True}
    # Where an answer has more than its rows, this SDK gives the pages.
    pages = client.list.usage.all(per_page=7, **window).data
    hours = [row for page in pages for row in page["usage"]]
    coarse = {name: client.list.usage(granularity=name, **window).data["usage"] for name in ("day", "total")}
    trees = [client.get.usage(timestamp=str(row["timestamp"])).data for row in hours]
    return {"hours": hours, "trees": trees, **coarse, "credits": client.get.credit_balance().data}


def read_usage_2_0_0(client: Any, asked: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own type
    """The hours of a window in pages of seven, and each one's tree."""
    hours = client.list.usage.all(per_page=7, start_time=asked["start"], end_time=asked["end"]).data["usage"]
    return {"hours": hours, "trees": [client.get.usage(timestamp=str(row["timestamp"])).data for row in hours]}


READERS = {
    ("2.1.0", "invoices"): read_2_1_0,
    ("2.0.0", "invoices"): read_2_0_0,
    ("1.0.0", "invoices"): read_1_0_0,
    ("2.1.0", "usage"): read_usage_2_1_0,
    ("2.0.0", "usage"): read_usage_2_0_0,
}


def main(address: str, version: str, asked: str) -> None:
    """Print what the SDK of this version reads at the address."""
    client = ApiClient(api_token="sandbox", base_url=address)
    told = json.loads(asked)
    sys.stdout.write(json.dumps(READERS[version, told.get("what", "invoices")](client, told)))


if __name__ == "__main__":
    main(*sys.argv[1:])
