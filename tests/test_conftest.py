import pytest

from tests.conftest import UNWANTED_VARIABLES


@pytest.mark.parametrize("name", [*UNWANTED_VARIABLES, "http_proxy", "https_proxy"])
def test_environment_of_the_person_is_out_of_reach(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A token or proxy that the person who runs the tests has set does not reach them."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv(name, "http://secret.example")
    pytester.makeconftest("from tests.conftest import clean_environment")
    pytester.makepyfile(f"import os\n\ndef test_unset(): assert {name!r} not in os.environ")
    assert pytest.ExitCode.OK == pytester.runpytest_inprocess().ret
