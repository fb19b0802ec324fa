import dataclasses
import platform
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter import __version__
from exporter.cli.group import group
from exporter.cli.sandbox import sandbox
from exporter.metrics.queries import QUERIES
from exporter.sandbox import SandboxOptions
from exporter.web.listen import listen

NAME = "northflank-billing-exporter"
TOKEN = "nf-4f1c2a9e"


def run(*arguments: str, **environ: str) -> Result:
    """What a command that ends by itself prints and exits with."""
    return CliRunner().invoke(group, arguments, prog_name=NAME, env=environ)


def test_version() -> None:
    """The version is printed with the Python that runs it."""
    expected = f"{NAME}, version {__version__} (Python {platform.python_version()})\n"

    assert (0, expected) == (run("--version").exit_code, run("--version").stdout)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_the_commands(flag: str) -> None:
    """Every command stands in the help with a line of its own."""
    listed = re.findall(r"^  (\w+)  +(.+)$", run(flag).stdout, re.MULTILINE)

    assert ["check", "demo", "metrics", "sandbox", "serve"] == [name for name, _ in listed]
    assert [] == [meaning for _, meaning in listed if meaning.endswith("...")]


@pytest.mark.parametrize("command", ["serve", "check", "demo", "sandbox", "metrics"])
def test_unknown_flag(command: str) -> None:
    """A flag that there is not ends every command with exit code 2, named on standard error."""
    result = run(command, "--frobnicate")

    assert (2, "") == (result.exit_code, result.stdout)
    assert "No such option" in result.stderr
    assert "--frobnicate" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["serve", "--log.level", "loud"], "'loud' is not one of", id="level"),
        pytest.param(["demo", "--log.format", "xml"], "'xml' is not one of", id="format"),
        pytest.param(["serve", "--web.telemetry-path", "metrics"], "expected a path such as", id="relative"),
        pytest.param(["serve", "--web.telemetry-path", "/-/ready"], "expected a path such as", id="probe"),
        pytest.param(["serve", "--web.telemetry-path", "/{x}"], "expected a path such as", id="pattern"),
        pytest.param(["serve", "--web.telemetry-path", "/a b"], "expected a path such as", id="space"),
        pytest.param(["sandbox", "--generation", "2025"], "'2025' is not one of", id="generation"),
        pytest.param(["sandbox", "--teams", "-1"], "-1 is not in the range", id="teams"),
        pytest.param(["metrics", "--format", "html"], "'html' is not one of", id="metrics_format"),
    ],
)
def test_bad_flag(arguments: list[str], said: str) -> None:
    """A flag with a bad value ends the command with exit code 2 and what it takes."""
    result = run(*arguments, NORTHFLANK_API_TOKEN=TOKEN)

    assert (2, True) == (result.exit_code, said in result.stderr)


def test_serve_without_token() -> None:
    """Without token and file, one line says what to set."""
    result = run("serve")

    expected = (
        f"{NAME}: NORTHFLANK_API_TOKEN: not set; set it to an API token that may read billing, "
        "or name a configuration file by --config.file\n"
    )
    assert (2, "", expected) == (result.exit_code, result.stdout, result.stderr)


def test_serve_with_faulty_file(tmp_path: Path) -> None:
    """A fault in the file is one line with file, key and what to do."""
    path = tmp_path / "config.yaml"
    path.write_text("accounts:\n  - name: acme\n    tokn_file: x\n", encoding="utf-8")

    result = run("serve", "--config.file", str(path))

    expected = f"{NAME}: {path}: accounts[0].tokn_file: unknown key; did you mean token_file?\n"
    assert (2, "", expected) == (result.exit_code, result.stdout, result.stderr)


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        pytest.param(["serve", "--web.listen-address"], "--web.listen-address", id="serve"),
        pytest.param(["demo", "--web.listen-address"], "--web.listen-address", id="demo"),
        pytest.param(
            ["demo", "--web.listen-address", "127.0.0.1:0", "--sandbox.listen-address"],
            "--sandbox.listen-address",
            id="demo_sandbox",
        ),
        pytest.param(["sandbox", "--listen-address"], "--listen-address", id="sandbox"),
    ],
)
def test_port_in_use(arguments: list[str], flag: str) -> None:
    """A port where somebody listens is named with its flag, before anything is started."""
    with listen("127.0.0.1:0", flag="--x") as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = run(*arguments, address, NORTHFLANK_API_TOKEN=TOKEN)

    remedy = "stop what listens there, or choose another port"
    expected = f"{NAME}: {flag} {address}: address already in use; {remedy}\n"
    assert (2, expected) == (result.exit_code, result.stderr)


def test_sandbox_has_a_flag_for_every_size() -> None:
    """Each option of the sandbox, but its clock and its faults, is a flag with the same default."""
    ours = {"listen_address", "log_level", "log_format", "speed"}
    flags = {each.name: each.default for each in sandbox.params if each.name not in ours}
    options = dataclasses.asdict(SandboxOptions())

    assert {name: options[name] for name in set(options) - {"now", "faults"}} == flags


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_metrics(form: str) -> None:
    """Every family is listed, as a table for the terminal or for the documentation."""
    result = run("metrics", "--format", form)

    assert (0, "") == (result.exit_code, result.stderr)
    assert "northflank_invoice_project_cost" in result.stdout
    assert result.stdout.endswith("\n")
    assert not result.stdout.endswith("\n\n")


def test_metrics_is_a_table_by_default() -> None:
    """Without a flag the table comes that is made for reading."""
    assert run("metrics", "--format", "table").stdout == run("metrics").stdout


@pytest.mark.parametrize("query", [pytest.param(query, id=what) for what, query in QUERIES.items()])
def test_demo_queries_name_known_metrics(query: str) -> None:
    """The queries that the demo proposes ask for metrics that there are."""
    known = set(re.findall(r"northflank_\w+", run("metrics").stdout))

    assert set() == set(re.findall(r"northflank_\w+", query)) - known
