from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.config import Config, load
from exporter.errors import ConfigError

TOKEN = "nf-4f1c2a9e"
Loader = Callable[..., Config]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of `config.yaml`, which is also the current one; it holds token files `token` and `second`."""
    for name in ("token", "second"):
        (tmp_path / name).write_text(f"{TOKEN}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load_text(folder: Path) -> Loader:
    """Load a configuration file that holds this text, with these environment variables."""

    def load_it(text: str | bytes, **environ: str) -> Config:
        content = text.encode() if isinstance(text, str) else text
        (folder / "config.yaml").write_bytes(content)
        return load(Path("config.yaml"), environ)

    return load_it


def refusal(load_text: Loader, text: str | bytes, **environ: str) -> str:
    """What is said of a file with this text."""
    with pytest.raises(ConfigError) as caught:
        load_text(text, **environ)
    return str(caught.value)
