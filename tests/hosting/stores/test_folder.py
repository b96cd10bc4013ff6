"""A folder is looked at without being made. Permissions: `tests/acceptance/test_unreadable_files.py`."""

from __future__ import annotations

from pathlib import Path

from gateway.hosting.stores.folder import folder_fault


def test_one_that_can_be_used_stays_as_it_is(tmp_path: Path) -> None:
    assert folder_fault(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_one_that_could_be_made_is_not_made(tmp_path: Path) -> None:
    assert folder_fault(tmp_path / "data/images") is None
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "images").touch()

    assert (
        folder_fault(tmp_path / "images")
        == f"images.store: the folder {tmp_path}/images cannot be used: Not a directory"
    )
