import re
import shlex
from pathlib import Path

import pytest

from exporter.cli.group import group
from tests.deploy.shell_blocks import sections
from tests.processes import ROOT

IMAGE = "northflank-billing-exporter"
SWITCHES = {"--rm", "--detach", "--read-only"}
WITH_VALUE = {"--publish", "--name", "--restart", "--cap-drop", "--security-opt", "--env", "--volume", "--env-file"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DOCKER = [section for section in sections() if section.heading in {"Docker", "Compose"}]


def commands(kind: str) -> list[object]:
    """The commands of all documents that begin so, with where they stand."""
    found = [(section, command) for section in DOCKER for command in section.commands]
    return [pytest.param(line, id=f"{at}-{number}") for number, (at, line) in enumerate(found) if line.startswith(kind)]


def test_every_command_is_checked() -> None:
    """No document shows a Docker command that no test here knows."""
    kinds = ("docker build ", "docker run ", "docker compose ", "export ")
    assert [] == [line for section in DOCKER for line in section.commands if not line.startswith(kinds)]
    assert [] != commands("docker build ")


@pytest.mark.parametrize("command", commands("docker build "))
def test_build(command: str) -> None:
    """The image is built from a clone, under the name that the other commands use."""
    assert ["docker", "build", "--tag", IMAGE, "."] == shlex.split(command)


@pytest.mark.parametrize("command", commands("docker compose "))
def test_compose(command: str) -> None:
    """The file that Compose is given is there."""
    *start, file, up, build = shlex.split(command)
    assert ["docker", "compose", "--file"] == start
    assert (ROOT / file).is_file()
    assert ["up", "--build"] == [up, build]


@pytest.mark.parametrize("command", commands("docker run "))
def test_run(command: str) -> None:
    """Docker's options are spelled right, what is mounted has its place in the image, the exporter takes its flags."""
    options, arguments = split(shlex.split(command)[2:])
    assert set() == {name for name, _ in options} - SWITCHES - WITH_VALUE
    assert {"127.0.0.1:10115:10115"} == {value for name, value in options if name == "--publish"}
    assert re.search(r"^EXPOSE 10115$", DOCKERFILE, re.MULTILINE)
    places = {value.split(":")[1] for name, value in options if name == "--volume"}
    name, *flags = arguments or ["serve"]
    taken = group.commands[name].make_context(name, flags).params
    for path in places - {"/var/lib/northflank-billing-exporter", "/run/secrets"}:
        assert Path(path) == taken["config_file"]


def test_the_volume_is_where_the_image_keeps_its_state() -> None:
    """The folder that documents mount is the one that the exporter takes by default in the image."""
    assert "XDG_STATE_HOME=/var/lib" in DOCKERFILE
    assert "install -d -o 65532 -g 0 -m 0770 /var/lib/northflank-billing-exporter" in DOCKERFILE


def split(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Docker's options with their values, and what follows the image's name."""
    options = []
    while words[0] != IMAGE:
        name = words.pop(0)
        options.append((name, words.pop(0) if name in WITH_VALUE else ""))
    return options, words[1:]
