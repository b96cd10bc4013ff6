"""Names for pictures, and files that are never lost: neither old ones nor paid ones."""

from __future__ import annotations

import errno
import io
import os
import sys
from pathlib import Path

import pytest
from support.samples import plain

from gateway.client.failures import Unusable
from gateway.client.orders import LocalPicture, Order, Source
from gateway.client.saving import destination, stem_of
from gateway.images import ImageFormat, Operation

PNG = ImageFormat.PNG


def order(prompt: str = "A red bicycle") -> Order:
    return Order(Operation.GENERATE, {"prompt": prompt}, "k")


def of(operation: Operation, source: Source, **fields: object) -> Order:
    return Order(operation, fields, "k", (source,))


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("prompt", "stem"),
    [
        ("A red bicycle, at dusk!", "a-red-bicycle-at-dusk"),
        ("../../etc/passwd; rm -rf ~", "etc-passwd-rm-rf"),
        ("-o --force", "o-force"),
        ("Ein Löwe 猫", "ein-löwe-猫"),
        ("?!", "picture"),
        ("word " * 50, "word-word-word-word-word-word-word-word-word-wor"),
    ],
)
def test_a_prompt_becomes_a_harmless_name(prompt: str, stem: str) -> None:
    assert stem_of(order(prompt)) == stem


def test_a_picture_lends_its_name() -> None:
    local = LocalPicture("My Photo.jpeg", plain(), PNG)

    assert stem_of(of(Operation.EDIT, local, prompt="x")) == "my-photo-edit"
    assert stem_of(of(Operation.UPSCALE, local, upscale_factor="x4")) == "my-photo-x4"
    assert stem_of(of(Operation.UPSCALE, "https://example.com/a/cat.png?x=/y#z")) == "cat-x2"
    assert stem_of(of(Operation.UPSCALE, "https://example.com/")) == "picture-x2"


def test_a_name_of_our_own_is_always_a_free_one() -> None:
    place = destination(None, order(), 1, force=False)

    saved = [place.save(b"%d" % number, form, 0) for number, form in enumerate((PNG, PNG, ImageFormat.JPEG, PNG))]

    names = ["a-red-bicycle.png", "a-red-bicycle-2.png", "a-red-bicycle.jpg", "a-red-bicycle-3.png"]
    assert saved == [Path(name) for name in names]
    assert Path(names[1]).read_bytes() == b"1"


@pytest.mark.parametrize("folder", ["out", "out/"])
def test_a_folder_is_filled(folder: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    assert destination(folder, order(), 2, force=False).save(b"x", PNG, 0) == Path("out/a-red-bicycle.png")


def test_several_pictures_have_numbers() -> None:
    place = destination("fox.png", order(), 2, force=False)

    assert [place.save(b"x", PNG, index) for index in range(2)] == [Path("fox-1.png"), Path("fox-2.png")]


def test_nothing_is_written_over_unless_it_is_wished(tmp_path: Path) -> None:
    (tmp_path / "fox-2.png").write_bytes(b"old")

    with pytest.raises(Unusable, match=r"fox-2\.png is there already"):
        destination("fox.png", order(), 2, force=False)
    place = destination("fox.png", order(), 2, force=True)
    (tmp_path / "fox-2.png").chmod(0o600)
    place.save(b"new", PNG, 1)

    assert (tmp_path / "fox-2.png").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["fox-2.png"]


def test_what_came_into_being_meanwhile_stays_and_so_does_the_picture(tmp_path: Path) -> None:
    place = destination("fox.png", order(), 1, force=False)
    (tmp_path / "fox.png").write_bytes(b"of somebody else")

    assert place.save(b"paid", PNG, 0) == Path("fox-2.png")
    assert (tmp_path / "fox.png").read_bytes() == b"of somebody else"


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "real.png").write_bytes(b"old")
    (tmp_path / "link.png").symlink_to("real.png")

    destination("link.png", order(), 1, force=True).save(b"new", PNG, 0)

    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real.png").read_bytes() == b"new"


@pytest.mark.parametrize("force", [False, True])
def test_half_a_picture_does_not_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, force: bool) -> None:
    class Full(io.FileIO):
        def write(self, data: object) -> int:
            super().write(bytes(data)[:1])  # type: ignore[call-overload]  # bytes, here
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "open", lambda path, mode: Full(path, mode.replace("b", "")))
    monkeypatch.setattr(os, "fdopen", lambda handle, mode: Full(handle, mode.replace("b", "")))
    place = destination("fox.png", order(), 1, force=force)

    with pytest.raises(OSError, match="No space left"):
        place.save(b"picture", PNG, 0)

    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_to(tmp_path: Path) -> None:
    assert destination(os.devnull, order(), 1, force=True).save(b"x", PNG, 0) == Path(os.devnull)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("output", ["nowhere/fox.png", "nowhere/"])
def test_a_missing_folder_is_told_before_anything_is_sent(output: str) -> None:
    with pytest.raises(Unusable, match="is no folder"):
        destination(output, order(), 1, force=False)


def test_standard_output_takes_one_picture_and_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unusable, match="takes one picture"):
        destination("-", order(), 2, force=False)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(Unusable, match="shows no picture"):
        destination("-", order(), 1, force=False)
