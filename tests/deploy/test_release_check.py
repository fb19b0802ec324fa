from pathlib import Path

import pytest
import yaml

from exporter import __version__
from scripts.release_check import (
    _image_problems,
    changelog_problems,
    chart_problems,
    image_problems,
    tag_problems,
    version_of,
    wheel_problems,
)
from tests.processes import ROOT

CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A.\n\n## 1.2.3 - 2026-11-22\n\n### Fixed\n\n- B.\n"
INFO = "northflank_billing_exporter-1.2.3.dist-info"
OF_A_WHEEL = {f"{INFO}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
LABELS = {
    "org.opencontainers.image.title": "northflank-billing-exporter",
    "org.opencontainers.image.licenses": "Apache-2.0",
    "org.opencontainers.image.version": "1.2.3",
    "org.opencontainers.image.revision": "abc",
}


def test_the_version_is_the_packages() -> None:
    """The version that is checked is the one that the program tells."""
    assert __version__ == version_of(ROOT)


@pytest.mark.parametrize(
    ("tag", "problems"),
    [
        pytest.param(None, 0, id="none yet"),
        pytest.param("v1.2.3", 0, id="right"),
        pytest.param("v1.2.4", 1, id="of another version"),
        pytest.param("1.2.3", 1, id="without a v"),
    ],
)
def test_tag(tag: str | None, problems: int) -> None:
    """A release's tag is its version behind a v."""
    assert problems == len(list(tag_problems("1.2.3", tag)))


@pytest.mark.parametrize(
    ("text", "version", "tag", "expected"),
    [
        pytest.param(CHANGELOG, "1.2.3", "v1.2.3", [], id="released"),
        pytest.param(CHANGELOG, "1.3.0", None, [], id="not released yet"),
        pytest.param(CHANGELOG, "1.3.0", "v1.3.0", ["CHANGELOG.md: no section 1.3.0"], id="forgotten"),
        pytest.param(
            CHANGELOG.replace(" - 2026-11-22", ""), "1.2.3", None, ["CHANGELOG.md: 1.2.3 has no date"], id="undated"
        ),
        pytest.param(
            CHANGELOG.replace("Fixed", "Bugs"), "1.2.3", None, ["CHANGELOG.md: Bugs is no kind of change"], id="kind"
        ),
        pytest.param(
            "# Changelog\n", "1.2.3", None, ["CHANGELOG.md: neither 1.2.3 nor Unreleased"], id="nothing in it"
        ),
    ],
)
def test_changelog(text: str, version: str, tag: str | None, expected: list[str]) -> None:
    """Whoever upgrades finds the version in the changelog, dated, in the words of Keep a Changelog."""
    assert expected == list(changelog_problems(text, version, tag))


def test_chart(tmp_path: Path) -> None:
    """A chart of another version, or for an image of another version, is named."""
    path = tmp_path / "helm" / "one" / "Chart.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(yaml.safe_dump({"version": "1.2.3", "appVersion": "1.2.2"}))
    assert ["helm/one/Chart.yaml: appVersion is 1.2.2, and the version 1.2.3"] == list(
        chart_problems(tmp_path, "1.2.3")
    )


def test_wheel(tmp_path: Path) -> None:
    """A module that the wheel lacks is named, and so is anything in it that is no module of ours."""
    for name in ("__init__.py", "py.typed", "new.py", "notes.txt"):
        (tmp_path / "exporter").mkdir(exist_ok=True)
        (tmp_path / "exporter" / name).touch()
    names = OF_A_WHEEL | {"exporter/__init__.py", "exporter/py.typed", "exporter/notes.txt"}
    problems = ["the wheel lacks exporter/new.py", "the wheel carries exporter/notes.txt"]
    assert problems == list(wheel_problems(names, tmp_path, "1.2.3"))
    assert [] == list(wheel_problems(names - {"exporter/notes.txt"} | {"exporter/new.py"}, tmp_path, "1.2.3"))


def test_image() -> None:
    """An image of another version or commit, or that says nothing of one, is named."""
    assert [] == list(image_problems(LABELS, "1.2.3", "abc"))
    assert [
        "the image's label version is 1.2.3, expected 1.2.4",
        "the image's label revision is abc, expected def",
    ] == list(image_problems(LABELS, "1.2.4", "def"))
    assert 4 == len(list(image_problems({}, "1.2.3", "abc")))


@pytest.mark.process
@pytest.mark.parametrize(
    ("ci", "tag", "problems"),
    [
        pytest.param("", None, [], id="somebody's machine"),
        pytest.param("true", None, ["there is no image localhost/none:1: make image"], id="CI"),
        pytest.param("", "v1.2.3", ["there is no image localhost/none:1: make image"], id="release"),
    ],
)
def test_a_missing_image(monkeypatch: pytest.MonkeyPatch, ci: str, tag: str | None, problems: list[str]) -> None:
    """Neither a release nor CI passes without an image to look at."""
    monkeypatch.setenv("IMAGE", "localhost/none:1")
    monkeypatch.setenv("CI", ci)
    assert problems == list(_image_problems("1.2.3", tag))
