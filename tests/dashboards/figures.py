"""Which query of which panel shows which money."""

from dataclasses import dataclass, field

from tests.dashboards.money import Labels

CENT = 0.005
FINE = 0.0001
"""What is spent in an hour is shown in tenths of a cent, and less."""
SHARE = 0.0001
SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Figure:
    """What one query of a panel shows.

    `part` is the column of a table, elsewhere the query's letter. `of` are families of the ledger, added up, or taken
    away where a minus stands before; of them only the lines with the labels `where` count. `by` are the labels that it
    is shown with. `within` is how far it may be from the ledger; `most` is how many it shows of each currency.
    """

    panel: str
    of: str
    by: str
    part: str = "A"
    where: Labels = field(default_factory=dict)
    within: float = CENT
    most: int | None = None

    @property
    def name(self) -> str:
        """What tells it from the others."""
        return f"{self.panel} ({self.part})"


LAST = {"months_ago": "1"}
BUDGET = "account budget currency"
INVOICE = "account invoice_id currency"
PROJECT = "account team_id project_id currency"
RESOURCE = "account team_id project_id resource_type resource_name currency"
CLUSTER = "account cluster_id cluster_name currency"
CATEGORY = "account category component currency"

SPEND = (
    Figure("This month", "month_to_date_cost", "currency"),
    Figure("This month, forecast", "forecast", "currency"),
    Figure("Last month", "past_month_cost", "currency", where=LAST),
    Figure("Newest 24 hours", "trailing_day_cost", "currency"),
    Figure("Newest hour", "hourly_cost", "currency", within=FINE),
    Figure("Not invoiced yet", "unbilled_cost", "currency"),
    Figure("Towards the next invoice", "share_of_threshold", "account currency", within=SHARE),
    Figure("Credits left", "credit_available", "currency"),
    Figure("Credits, pending", "credit_pending", "currency"),
    Figure("Credits last for", "runway", "account currency", within=SECONDS),
    Figure("This month and its forecast", "month_to_date_cost", "currency", "A"),
    Figure("This month and its forecast", "forecast", "currency", "B"),
    Figure("This month and its forecast", "past_month_cost", "currency", "C", where=LAST),
    Figure("A day's burn by category", "trailing_day_cost", "category currency"),
    Figure("This month by category and component", "month_to_date_cost", "category component currency"),
    Figure("Finished months", "past_month_cost", "of", "Cost"),
    Figure("Used this month", "quantity", "category unit", "Quantity", within=0.05),
    Figure("Spent of each budget", "budget_share", BUDGET, within=SHARE),
    Figure("Budgets", "budget", f"{BUDGET} period", "Amount"),
    Figure("Budgets", "budget_spent", BUDGET, "Spent"),
    Figure("Budgets", "budget_share", BUDGET, "Share", within=SHARE),
    Figure("Budgets", "budget_forecast", BUDGET, "Forecast"),
    Figure("Budgets", "budget_share_then", BUDGET, "Share then", within=SHARE),
    Figure("Forecast as a share of each budget", "budget_share_then", BUDGET, within=SHARE),
    Figure("Thresholds", "budget_threshold", "account budget severity", "Fires at", within=SHARE),
    Figure("Thresholds", "budget_reached", "account budget severity", "Reached", within=SHARE),
    Figure("Credits by source", "credit_source", "source state currency"),
    Figure("Teams this month", "month_to_date_team_cost", "account team_id team_name currency"),
    Figure("Top projects this month", "month_to_date_project_cost", f"{PROJECT} project_name"),
    Figure("Resource types in the newest hour", "hourly_resource_type_cost", "resource_type currency", within=FINE),
    Figure("A day's burn by project", "trailing_day_project_cost", "team_id project_id currency"),
    Figure("An hour's burn by team", "hourly_team_cost", "team_id currency", within=FINE),
    Figure("Top resources today", "trailing_day_resource_cost", RESOURCE, "Cost", most=20),
    Figure("Top resources in the newest hour", "hourly_resource_cost", RESOURCE, "Cost", within=FINE, most=20),
    Figure("An hour's burn by BYOC cluster", "hourly_cluster_cost", CLUSTER, within=FINE),
    Figure("Projects", "trailing_day_project_cost_week_ago", PROJECT, "A week ago"),
    Figure("Projects", "trailing_day_project_cost", PROJECT, "Newest day"),
    Figure("Projects", "trailing_day_project_cost_change", PROJECT, "Change"),
    Figure("Categories and components", "trailing_day_cost_week_ago", CATEGORY, "A week ago"),
    Figure("Categories and components", "trailing_day_cost", CATEGORY, "Newest day"),
    Figure("Categories and components", "trailing_day_cost_change", CATEGORY, "Change"),
    Figure("Beside the week before", "trailing_day_cost", "currency", "A"),
    Figure("Beside the week before", "trailing_day_cost_week_ago", "currency", "B"),
    Figure("Projects, this month beside the last", "past_month_project_cost", PROJECT, "Last month"),
    Figure("Projects, this month beside the last", "month_to_date_project_cost", PROJECT, "This month"),
)

INVOICES = (
    Figure("Unpaid", "unpaid", "currency"),
    Figure("Payment failed", "failed", "account"),
    Figure("Newest invoice", "newest_to_pay", "account currency"),
    Figure("Its subtotal", "newest_subtotal", "account currency"),
    Figure("Its tax", "newest_tax", "account currency"),
    Figure("Its discount", "newest_discount", "account currency"),
    Figure("Unpaid invoices", "unpaid", INVOICE, "To pay"),
    Figure("Amounts by the end of the period", "to_pay -tax", "of", "Without tax"),
    Figure("Amounts by the end of the period", "tax", "of", "Tax"),
    Figure("Discounts by the end of the period", "discount", "of", "Discount"),
    Figure("Invoices", "subtotal", f"{INVOICE} status", "Subtotal"),
    Figure("Invoices", "discount", INVOICE, "Discount"),
    Figure("Invoices", "tax", INVOICE, "Tax"),
    Figure("Invoices", "tax_rate", INVOICE, "Tax rate"),
    Figure("Invoices", "to_pay", f"{INVOICE} kind period_start period_end", "To pay"),
    Figure("Invoices", "is_paid", INVOICE, "Paid"),
    Figure("Invoices by status", "count", "status"),
    Figure("By category and component", "usage", "category component currency"),
    Figure("Teams", "newest_team", "account team_id team_name currency"),
    Figure("BYOC clusters", "newest_cluster", CLUSTER),
    Figure("Projects", "newest_project", f"{PROJECT} project_name"),
    Figure("Resource types", "newest_resource_type", "resource_type currency"),
    Figure("Resources of the newest invoice", "newest_resource", RESOURCE, "Cost"),
    Figure("Line items", "item_base", f"{INVOICE} position title", "Base"),
    Figure("Line items", "item_proration", f"{INVOICE} position title", "Proration"),
    Figure("Line items", "item", f"{INVOICE} position title period_end", "Amount"),
    Figure("Do the parts add up?", "subtotal", f"{INVOICE} period_end", "Subtotal"),
    Figure("Do the parts add up?", "usage", INVOICE, "Usage"),
    Figure("Do the parts add up?", "item", INVOICE, "Line items"),
    Figure("Do the parts add up?", "subtotal -discount tax -to_pay", INVOICE, "Sum off"),
    Figure("Do the parts add up?", "not_usage", INVOICE, "Not usage"),
    Figure("Do the parts add up?", "subtotal -item", INVOICE, "No item"),
    Figure("Unattributed on the newest invoices", "unattributed", "account level currency", within=SHARE),
    Figure("Unattributed in the newest hour", "hourly_unattributed", "account level currency", within=SHARE),
)
FIGURES = (*(("spend", figure) for figure in SPEND), *(("invoices", figure) for figure in INVOICES))
