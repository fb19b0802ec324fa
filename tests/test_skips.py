import pytest

ONE_SKIPPED = """
import pytest

def test_skipped():
    pytest.skip("no such program: make tools")

def test_passed():
    pass
"""
PLUGIN = ("-p", "tests.skips")


@pytest.fixture(autouse=True)
def no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runs within these tests load no installed plugin: they are not what is tested."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def test_reason_is_named(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that skips ends with a line that names the reason, and is good outside CI."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(test_some=ONE_SKIPPED)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.stdout.fnmatch_lines(["SKIPPED 1: test_some.py: no such program: make tools", "*1 passed, 1 skipped*"])
    assert pytest.ExitCode.OK == result.ret


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(ONE_SKIPPED, "SKIPPED 1: test_some.py: no such program: make tools", id="test"),
        pytest.param(
            "import pytest\npytest.skip('whole file', allow_module_level=True)",
            "SKIPPED 1: test_some.py: whole file",
            id="file",
        ),
    ],
)
def test_skip_fails_in_ci(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, expected: str
) -> None:
    """With CI=true a run that skips anything exits with 1 and says why."""
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(test_some=source)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.stdout.fnmatch_lines([expected, "CI=true: a skipped test is a failure"])
    assert pytest.ExitCode.TESTS_FAILED == result.ret


def test_clean_run_is_untouched(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """With CI=true a run that skips nothing is good and says nothing of skips."""
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile("def test_passed(): pass")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.stdout.no_fnmatch_line("*skipped*")
    assert pytest.ExitCode.OK == result.ret


def test_two_reasons_have_a_line_each(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that are skipped for one reason share a line, another reason has its own."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", [1, 2])
        def test_same(n):
            pytest.skip("one")

        @pytest.mark.skip(reason="two")
        def test_marked():
            pass
        """
    )
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.stdout.fnmatch_lines(["SKIPPED 2: *.py: one", "SKIPPED 1: *.py: two"])
