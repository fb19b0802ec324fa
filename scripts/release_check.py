"""Check that what is about to be released agrees with itself: version, tag, changelog, chart, packages, image."""  # noqa: INP001 - a program of its own, in no package

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
NAME = "northflank-billing-exporter"
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
_RELEASE = re.compile(r"^## (\S+)(?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
_KIND = re.compile(r"^### (.+)$", re.MULTILINE)
_KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
_UNRELEASED = "Unreleased"
_OF_THE_DIST_INFO = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
_TRIED = ("--version", "metrics --help", "check --help", "serve --help", "sandbox --help", "demo --help")


def version_of(root: Path) -> str:
    """The version, from the one place where it stands."""
    found = _VERSION.search((root / "exporter" / "__init__.py").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError("exporter/__init__.py: no __version__")
    return found[1]


def tag_problems(version: str, tag: str | None) -> Iterator[str]:
    """What is wrong with the tag; without one, nothing is."""
    if tag is not None and tag != f"v{version}":
        yield f"the tag is {tag}, and the version {version}: expected v{version}"


def changelog_problems(text: str, version: str, tag: str | None) -> Iterator[str]:
    """What keeps the changelog from being that of the version, in the form of Keep a Changelog."""
    releases = dict(_RELEASE.findall(text))
    yield from (f"CHANGELOG.md: {name} has no date" for name, date in releases.items() if _is_undated(name, date))
    yield from (f"CHANGELOG.md: {kind} is no kind of change" for kind in sorted(set(_KIND.findall(text)) - _KINDS))
    if tag is not None and version not in releases:
        yield f"CHANGELOG.md: no section {version}"
    if not {version, _UNRELEASED} & releases.keys():
        yield f"CHANGELOG.md: neither {version} nor {_UNRELEASED}"


def _is_undated(name: str, date: str) -> bool:
    return name != _UNRELEASED and not date


def chart_problems(root: Path, version: str) -> Iterator[str]:
    """What differs from the version in the charts."""
    for path in sorted(root.glob("helm/*/Chart.yaml")):
        chart = yaml.safe_load(path.read_text(encoding="utf-8"))
        for key in ("version", "appVersion"):
            if str(chart.get(key)) != version:
                yield f"{path.relative_to(root)}: {key} is {chart.get(key)}, and the version {version}"


def wheel_problems(names: set[str], root: Path, version: str) -> Iterator[str]:
    """What the wheel lacks, and what it carries that `serve` and `demo` do not need."""
    info = f"northflank_billing_exporter-{version}.dist-info"
    sources = (path for path in root.glob("exporter/**/*") if path.suffix == ".py" or path.name == "py.typed")
    expected = {str(path.relative_to(root)) for path in sources} | {f"{info}/{name}" for name in _OF_THE_DIST_INFO}
    yield from (f"the wheel lacks {name}" for name in sorted(expected - names))
    yield from (f"the wheel carries {name}" for name in sorted(names - expected))


def package_problems(root: Path, version: str, work: Path) -> Iterator[str]:
    """What is wrong with wheel and sdist, built anew, and with what a new environment has of them."""
    _run("build", "--directory", str(work), cwd=root)
    wheel, sdist = _only(work, "*.whl"), _only(work, "*.tar.gz")
    names = _names(wheel)
    yield from wheel_problems(names, root, version)
    with tarfile.open(sdist) as archive:
        archive.extractall(work / "sdist", filter="data")
    (unpacked,) = (work / "sdist").iterdir()
    _run("build", "--target", "wheel", "--directory", str(work / "again"), cwd=unpacked)
    if _names(_only(work / "again", "*.whl")) != names:
        yield "the wheel that is built of the sdist is another one"
    yield from _install_problems(root, version, wheel, work)


def _install_problems(root: Path, version: str, wheel: Path, work: Path) -> Iterator[str]:
    fresh = work / "fresh"
    subprocess.run([sys.executable, "-m", "venv", fresh], check=True)  # noqa: S603 - our own Python
    pip = [str(fresh / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--require-hashes", "-r", str(root / "requirements" / "run.txt")], check=True)  # noqa: S603
    subprocess.run([*pip, "--no-deps", "--no-index", str(wheel)], check=True)  # noqa: S603 - built a moment ago
    for arguments in _TRIED:
        command = [str(fresh / "bin" / NAME), *arguments.split()]
        ended = subprocess.run(command, cwd=work, capture_output=True, text=True, check=False)  # noqa: S603
        if ended.returncode:
            yield f"{NAME} {arguments} ends with {ended.returncode} where it is newly installed: {ended.stderr}"
        elif arguments == "--version" and f"version {version} " not in ended.stdout:
            yield f"--version says {ended.stdout.strip()}, and the version is {version}"


def image_problems(labels: dict[str, str], version: str, revision: str) -> Iterator[str]:
    """What the labels of the image say otherwise than the repository."""
    expected = {"title": NAME, "licenses": "Apache-2.0", "version": version, "revision": revision}
    for key, text in expected.items():
        stated = labels.get(f"org.opencontainers.image.{key}")
        if stated != text:
            yield f"the image's label {key} is {stated}, expected {text}"


def _run(*arguments: str, cwd: Path) -> None:
    subprocess.run([sys.executable, "-m", "hatchling", *arguments], cwd=cwd, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own Python


def _only(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _git(*arguments: str) -> str:
    ended = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607 - no outside text
    return ended.stdout.strip()


def _labels(image: str) -> dict[str, str] | None:
    """The labels of the image, or None where no engine of ours has it."""
    engine = ["docker"] if os.environ.get("ENGINE") == "docker" else ["scripts/containers.sh", "podman"]
    shown = subprocess.run(  # noqa: S603 - our own script, or Docker
        [*engine, "image", "inspect", "--format", "{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}\n{{end}}", image],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if shown.returncode:
        return None
    return dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)


def _image_problems(version: str, tag: str | None) -> Iterator[str]:
    image = os.environ.get("IMAGE", f"localhost/{NAME}:{version}")
    labels = _labels(image)
    if labels is not None:
        # Between releases an image of the commit before is no fault.
        revision = _git("rev-parse", "HEAD") if tag else labels.get("org.opencontainers.image.revision", "")
        yield from image_problems(labels, version, revision)
    elif tag is not None or os.environ.get("CI") == "true":
        yield f"there is no image {image}: make image"
    else:
        sys.stdout.write(f"not checked: the image's labels, as there is no image {image} (make image)\n")


def main(arguments: list[str]) -> int:
    """Print each thing that is wrong on a line: exit code 1 if any is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tag", default=_git("describe", "--exact-match", "--tags") or None, help="of the release")
    tag = parser.parse_args(arguments).tag or None
    version = version_of(ROOT)
    problems = [*tag_problems(version, tag), *chart_problems(ROOT, version), *_image_problems(version, tag)]
    problems += changelog_problems((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), version, tag)
    with tempfile.TemporaryDirectory() as work:
        problems += package_problems(ROOT, version, Path(work))
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    what = f"release {tag}" if tag else f"{version}, with no tag yet"
    sys.stdout.write(f"{what}: {len(problems)} problems\n" if problems else f"{what}: all agrees\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
