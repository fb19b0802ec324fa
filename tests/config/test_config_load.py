from decimal import Decimal
from pathlib import Path

import pytest

from exporter.config import Account, Api, Config, Invoices, Limits, Poll, load
from exporter.config.yaml_file import read_yaml
from exporter.domain.budget import Budget, Declared, Scope
from exporter.domain.calendar import DAY_SECONDS, PeriodKind
from tests.config.conftest import Loader

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-config.yaml"

FULL = """
accounts:
  - {name: acme, token_file: token, base_url: "http://localhost:9/v1/", team_id: my-team, api: 2026-06, amounts: minor,
     billing_threshold: 250.5}
  - {name: labs_2.x, token_file: token, api: 2024}
invoices: {history: 24, details: 24}
detail: project
poll: {invoices: 1h30m, usage: 1h, late_after: 6h}
api: {timeout: 1s500ms, concurrency: 1, max_retries: 0, share: 0.8}
limits: {series: 0}
state: {path: none, retention: 62d}
"""


def test_every_key_is_taken(load_text: Loader) -> None:
    """A file's values arrive: durations in seconds, token paths from the file's folder, `2024` as a number."""
    expected = Config(
        accounts=(
            Account(
                name="acme",
                token_file=Path("token"),
                base_url="http://localhost:9",
                team_id="my-team",
                api="2026-06",
                amounts="minor",
                declared=Declared(billing_threshold=Decimal("250.5")),
            ),
            Account(name="labs_2.x", token_file=Path("token"), base_url="https://api.northflank.com", api="2024"),
        ),
        invoices=Invoices(history=24, details=24),
        detail="project",
        poll=Poll(invoices=5400.0, usage=3600.0, late_after=21_600.0),
        api=Api(timeout=1.5, concurrency=1, max_retries=0, share=Decimal("0.8")),
        limits=Limits(series=0),
        state="none",
        retention=62 * DAY_SECONDS,
    )

    assert expected == load_text(FULL)


def test_defaults(load_text: Loader) -> None:
    """What a file leaves out has the documented default."""
    expected = Config(
        accounts=(
            Account(
                name="acme",
                token_file=Path("token"),
                base_url="https://api.northflank.com",
                team_id=None,
                api="auto",
                amounts="auto",
                declared=Declared(),
            ),
        ),
        invoices=Invoices(history=12, details=1),
        detail="resource",
        poll=Poll(invoices=1800.0, usage=600.0, late_after=10_800.0),
        api=Api(timeout=30.0, concurrency=4, max_retries=4, share=Decimal("0.5")),
        limits=Limits(series=50_000),
        retention=395 * DAY_SECONDS,
    )

    assert expected == load_text("accounts: [{name: acme, token_file: token}]")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("# nothing\n", id="comment"),
        pytest.param("{}", id="empty_mapping"),
        pytest.param(
            "accounts:\ninvoices:\npoll:\napi:\nlimits:\nstate:\nlabels:\nbudgets:\n", id="sections_without_values"
        ),
        pytest.param("accounts: []", id="no_accounts"),
        pytest.param("\ufeff", id="byte_order_mark"),
    ],
)
def test_file_that_says_nothing(load_text: Loader, text: str) -> None:
    """A file that says nothing is as good as none: one account named default, from the environment."""
    config = load_text(text, NORTHFLANK_API_TOKEN="nf-1")

    assert [("default", "nf-1")] == [(each.name, each.token and each.token.reveal()) for each in config.accounts]
    assert (Invoices(), "resource", Poll(), Api()) == (config.invoices, config.detail, config.poll, config.api)
    assert (Limits(), 395 * DAY_SECONDS, Declared()) == (config.limits, config.retention, config.accounts[0].declared)


def test_absolute_token_file(load_text: Loader, folder: Path) -> None:
    """An absolute path of a token file is taken as it is."""
    config = load_text(f"accounts: [{{name: acme, token_file: {folder}/token}}]")

    assert folder / "token" == config.accounts[0].token_file


def test_token_file_beside_the_configuration(tmp_path: Path) -> None:
    """A relative token file is looked for beside the configuration file, wherever the exporter was started."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "token").write_text("nf-1", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("accounts: [{name: a, token_file: secrets/token}]", encoding="utf-8")

    assert tmp_path / "secrets" / "token" == load(tmp_path / "c.yaml", {}).accounts[0].token_file


def test_merged_keys_may_repeat(load_text: Loader) -> None:
    """A key that overrides one merged from an anchor is no duplicate."""
    text = """
accounts:
  - &first {name: a, token_file: token, team_id: one}
  - {<<: *first, name: b, team_id: two}
"""

    assert [("a", "one"), ("b", "two")] == [(each.name, each.team_id) for each in load_text(text).accounts]


def test_merged_keys_may_repeat_at_any_depth(tmp_path: Path) -> None:
    """So it is also where what is merged lies deeper than where it is merged into, and merges something itself."""
    path = tmp_path / "c.yaml"
    path.write_text("x: &x {k: 1}\ndeep: {deeper: {deepest: &y {<<: *x, k: 2}}}\ntop: {<<: *y}\n", encoding="utf-8")

    assert {"x": {"k": 1}, "deep": {"deeper": {"deepest": {"k": 2}}}, "top": {"k": 2}} == read_yaml(path)


def test_example(tmp_path: Path) -> None:
    """The example in the documentation loads, and what it shows as defaults are the defaults."""
    for name in ("northflank-token", "northflank-token-labs"):
        (tmp_path / name).write_text("nf-1", encoding="utf-8")
    text = EXAMPLE.read_text(encoding="utf-8").replace("/run/secrets", str(tmp_path))
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")

    config = load(tmp_path / "config.yaml", {})

    url = "https://api.northflank.com"
    expected = Config(
        accounts=(
            Account(
                name="acme",
                token_file=tmp_path / "northflank-token",
                base_url=url,
                declared=Declared(
                    budgets=(
                        Budget(
                            name="platform-monthly",
                            amount=Decimal(5000),
                            currency="USD",
                            scope=Scope(team_id="platform"),
                            period=PeriodKind.MONTH,
                            thresholds={"warning": Decimal("0.8"), "critical": Decimal("1.0")},
                            labels={"owner": "platform-team"},
                        ),
                    ),
                    billing_threshold=Decimal(500),
                    project_labels={("platform", "shop"): {"owner": "storefront", "cost_center": "4711"}},
                ),
            ),
            Account(name="acme-labs", token_file=tmp_path / "northflank-token-labs", base_url=url),
        )
    )
    assert expected == config
