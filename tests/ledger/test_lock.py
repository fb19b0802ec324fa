import os
from pathlib import Path

import pytest

from exporter.errors import StoreError
from exporter.ledger.lock import lock


def test_second_is_refused(tmp_path: Path) -> None:
    """A folder that is held cannot be taken a second time, and the line says what to do."""
    first = lock(tmp_path)
    with pytest.raises(StoreError) as refused:
        lock(tmp_path)
    os.close(first)

    assert f"{tmp_path}: another process keeps its state here; give each a state.path of its own" == str(refused.value)


def test_free_again(tmp_path: Path) -> None:
    """A folder that was let go of can be taken; the file that stays behind is the owner's alone."""
    os.close(lock(tmp_path))
    os.close(lock(tmp_path))

    assert 0o600 == (tmp_path / "state.lock").stat().st_mode & 0o777


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    """Where no file can be made, that is said by the system's own error."""
    with pytest.raises(FileNotFoundError):
        lock(tmp_path / "nowhere")
