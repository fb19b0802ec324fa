from pathlib import Path

import pytest

from scripts.generate_docs import DOCUMENTS, main, stale

ROOT = Path(__file__).parents[2]


def test_documents_are_current() -> None:
    """The documents in the repository are as the code would write them."""
    assert [] == stale(ROOT)


def test_written_documents_pass_the_check(tmp_path: Path) -> None:
    """What the program writes, its check accepts."""
    (tmp_path / "docs").mkdir()

    assert (0, 0) == (main(["--root", str(tmp_path)]), main(["--check", "--root", str(tmp_path)]))


def test_difference_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A document that differs is named, with the command that mends it, and stays as it is."""
    (tmp_path / "docs").mkdir()
    main(["--root", str(tmp_path)])
    path, _ = DOCUMENTS[0]
    (tmp_path / path).write_text("old", encoding="utf-8")

    assert 1 == main(["--check", "--root", str(tmp_path)])
    assert f"{path} differs from what the code says; run: make docs\n" == capsys.readouterr().err
    assert "old" == (tmp_path / path).read_text(encoding="utf-8")


def test_missing_document_differs(tmp_path: Path) -> None:
    """A document that is not there is a difference too."""
    assert [path for path, _ in DOCUMENTS] == stale(tmp_path)
