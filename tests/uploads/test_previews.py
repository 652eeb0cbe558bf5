# SPDX-License-Identifier: Apache-2.0
"""Previews are new pictures: small, upright, in sRGB, and without a trace of where they came from."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from PIL import Image, ImageCms

from tests.uploads import corpus
from uploads import Code, Kind, Preview, Received, Refused, Storage, drawing, previews
from uploads.parse import ask

Take = Callable[..., Received]
Draw = Callable[..., dict[tuple[str, int], Image.Image]]


@pytest.fixture
def draw(take: Take, storage: Storage, workdir: Path) -> Draw:
    """Take a file in and return its previews, opened, by name and number."""

    def act(content: bytes, name: str, pages: int = 200) -> dict[tuple[str, int], Image.Image]:
        received = take(content, name)
        made = list(previews(received, received.kind, storage=storage, workdir=workdir, pages=pages))
        assert list(workdir.iterdir()) == []
        return {(preview.name, preview.number): _opened(preview, storage) for preview in made}

    return act


def _opened(preview: Preview, storage: Storage) -> Image.Image:
    picture = Image.open(io.BytesIO(storage.read(preview.key)))
    picture.load()
    assert preview.media_type == "image/jpeg" == Image.MIME[str(picture.format)]
    assert (preview.width, preview.height) == picture.size
    assert picture.mode == "RGB"
    return picture


def _is_red(picture: Image.Image, x: float, y: float) -> bool:
    red, _, blue = picture.getpixel((int(picture.width * x), int(picture.height * y)))  # type: ignore[misc]
    return bool(red > 150 > blue)


def test_display_and_thumb_are_no_larger_than_said(draw: Draw) -> None:
    made = draw(corpus.picture("JPEG", (3000, 1500)), "a.jpg")
    assert {name: picture.size for name, picture in made.items()} == {
        ("display", 1): (2048, 1024),
        ("thumb", 1): (480, 240),
    }


@pytest.mark.parametrize("size", [(9000, 40), (40, 9000), (1, 1), (5000, 4097)])
def test_odd_shapes_keep_within_the_frame(draw: Draw, size: tuple[int, int]) -> None:
    made = draw(corpus.picture("PNG", size), "a.png")
    display, thumb = made["display", 1].size, made["thumb", 1].size
    assert max(display) == min(2048, max(size))
    assert max(thumb) == min(480, max(size))
    assert min(thumb) >= 1


@pytest.mark.parametrize(
    ("kind", "mode", "name"),
    [
        ("JPEG", "RGB", "a.jpg"),
        ("JPEG", "L", "a.jpg"),
        ("JPEG", "CMYK", "a.jpg"),
        ("PNG", "RGB", "a.png"),
        ("PNG", "RGBA", "a.png"),
        ("PNG", "P", "a.png"),
        ("PNG", "L", "a.png"),
        ("PNG", "LA", "a.png"),
        ("PNG", "1", "a.png"),
        ("WEBP", "RGB", "a.webp"),
        ("WEBP", "RGBA", "a.webp"),
        ("GIF", "P", "a.gif"),
        ("HEIF", "RGB", "a.heic"),
        ("HEIF", "RGBA", "a.heic"),
    ],
)
@pytest.mark.parametrize("size", [(300, 200), pytest.param((4500, 3000), marks=pytest.mark.slow)])
def test_every_format_and_mode_is_drawn(draw: Draw, kind: str, mode: str, name: str, size: tuple[int, int]) -> None:
    display = draw(corpus.picture(kind, size, mode), name)["display", 1]
    if mode in {"1", "L", "LA"}:
        left, right = (display.getpixel((int(display.width * x), 5))[1] for x in (0.1, 0.9))  # type: ignore[index]
        assert left != right or mode == "1"
    else:
        assert _is_red(display, 0.1, 0.1)
        assert not _is_red(display, 0.9, 0.9)


def test_sixteen_bits_are_brought_down_to_eight(draw: Draw) -> None:
    out = io.BytesIO()
    Image.new("I;16", (100, 100), 0x8000).save(out, "PNG")
    value = draw(out.getvalue(), "a.png")["display", 1].getpixel((50, 50))
    assert value == (128, 128, 128)


def test_what_is_transparent_lies_on_white(draw: Draw) -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    for kind, name in (("PNG", "a.png"), ("WEBP", "a.webp")):
        out = io.BytesIO()
        clear.save(out, kind, lossless=True)
        assert draw(out.getvalue(), name)["display", 1].getpixel((25, 25)) == (255, 255, 255)
    out = io.BytesIO()
    Image.new("P", (50, 50), 0).save(out, "GIF", transparency=0)
    assert draw(out.getvalue(), "a.gif")["display", 1].getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_picture_is_turned_upright(draw: Draw, orientation: int) -> None:
    upright = corpus.scene(640, 480)
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    lying = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    lying.save(out, "JPEG", exif=exif)
    display = draw(out.getvalue(), "a.jpg")["display", 1]
    assert display.size == (640, 480)
    assert [_is_red(display, x, y) for x, y in ((0.1, 0.1), (0.9, 0.1), (0.1, 0.9))] == [True, False, False]


def test_a_broken_orientation_is_passed_over(draw: Draw) -> None:
    broken = corpus.picture("JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert draw(broken, "a.jpg")["display", 1].size == (64, 48)


def test_colours_of_another_profile_are_brought_to_srgb(draw: Draw) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert draw(corpus.picture("PNG", icc_profile=profile), "a.png")["display", 1].mode == "RGB"
    # Rec. 2020-like primaries are not at hand; sRGB itself must change nothing.
    same = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    plain, profiled = corpus.picture("PNG"), corpus.picture("PNG", icc_profile=same)
    assert draw(plain, "a.png")["display", 1].tobytes() == draw(profiled, "b.png")["display", 1].tobytes()


def _photo_as(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x013B] = exif[0x8298] = corpus.CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 35.0, 12.0), 29: corpus.CANARY})
    return corpus.picture(kind, exif=exif.tobytes(), xmp=f"<x>{corpus.CANARY}</x>".encode())


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(corpus.photo(), "a.jpg", id="jpeg"),
        pytest.param(corpus.png_with_texts(), "a.png", id="png"),
        pytest.param(_photo_as("WEBP"), "a.webp", id="webp"),
        pytest.param(_photo_as("HEIF"), "a.heic", id="heic"),
        pytest.param(corpus.picture("GIF", mode="P", comment=corpus.CANARY.encode()), "a.gif", id="gif"),
        pytest.param(corpus.gif_javascript(), "a.gif", id="gif and script"),
        pytest.param(corpus.pdf_with_traces(), "a.pdf", id="pdf"),
        pytest.param(corpus.pdf(1) + b"<script>" + corpus.CANARY.encode() + b"</script>", "a.pdf", id="pdf and html"),
    ],
)
def test_no_trace_of_the_owner_is_left(take: Take, storage: Storage, workdir: Path, content: bytes, name: str) -> None:
    canary = corpus.CANARY.encode()
    # The canary is there to be found, as it stands or packed.
    assert canary in content or name in {"a.pdf", "a.png"}
    received = take(content, name)
    made = list(previews(received, received.kind, storage=storage, workdir=workdir))
    assert made
    for preview in made:
        drawn = storage.read(preview.key)
        assert canary not in drawn
        assert canary.decode().encode("utf-16-le") not in drawn
        assert b"Exif" not in drawn
        assert b"http" not in drawn
        picture = Image.open(io.BytesIO(drawn))
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
        assert not picture.getexif()


# ----------------------------------------------------------------------------------------------------------- documents


def test_pdf_gives_its_pages_and_a_thumb(draw: Draw) -> None:
    made = draw(corpus.pdf(3), "a.pdf")
    assert {name: picture.size for name, picture in made.items()} == {
        ("page", 1): (1600, 2265),
        ("thumb", 1): (339, 480),
        ("page", 2): (1600, 2265),
        ("page", 3): (1600, 2265),
    }
    assert made["page", 2].getpixel((800, 320)) == (0, 0, 0)
    assert made["page", 2].getpixel((800, 1600)) == (255, 255, 255)


def test_only_the_first_pages_asked_for_are_drawn(draw: Draw) -> None:
    assert set(draw(corpus.pdf(9), "a.pdf", pages=2)) == {("page", 1), ("thumb", 1), ("page", 2)}


def test_a_long_document_is_drawn_by_one_child_after_another(
    take: Take, storage: Storage, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = []
    monkeypatch.setattr(drawing, "ask", lambda *given: children.append(given) or ask(*given))
    monkeypatch.setattr(drawing, "BATCH_SECONDS", 0)
    received = take(corpus.pdf(5), "a.pdf")
    made = previews(received, Kind.PDF, storage=storage, workdir=workdir)
    assert [preview.number for preview in made if preview.name == "page"] == [1, 2, 3, 4, 5]
    assert [request["first"] for request, _, _ in children] == [1, 2, 3, 4, 5]


def test_doing_it_again_gives_the_same_keys(take: Take, storage: Storage, workdir: Path) -> None:
    received = take(corpus.pdf(2), "a.pdf")
    first = list(previews(received, Kind.PDF, storage=storage, workdir=workdir))
    before = {preview.key: storage.read(preview.key) for preview in first}
    second = list(previews(received.key, Kind.PDF, storage=storage, workdir=workdir))
    assert second == first
    assert {preview.key: storage.read(preview.key) for preview in second} == before


def test_office_documents_have_none_without_libreoffice(
    take: Take, storage: Storage, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    received = take(corpus.office(), "a.docx")
    assert list(previews(received, Kind.OFFICE, storage=storage, workdir=workdir)) == []


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice: apt install libreoffice-calc-nogui")
def test_office_documents_are_drawn_by_libreoffice(draw: Draw) -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "单位"])
    out = io.BytesIO()
    book.save(out)
    made = draw(out.getvalue(), "a.xlsx")
    assert set(made) == {("page", 1), ("thumb", 1)}
    assert made["page", 1].convert("L").getextrema() != (255, 255)


@pytest.mark.parametrize("content", [corpus.mp4(), "一".encode()], ids=["video", "text"])
def test_videos_and_texts_have_none(take: Take, storage: Storage, workdir: Path, content: bytes) -> None:
    received = take(content, "a.mp4" if content.startswith(b"\0") else "a.txt")
    assert list(previews(received, received.kind, storage=storage, workdir=workdir)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        *(pytest.param(content, id=what) for what, content in corpus.pdf_loops().items()),
        pytest.param(corpus.pdf_flate_bomb(), id="400 MB of drawing"),
        pytest.param(corpus.pdf_picture_bomb(), id="900 megapixels on a page"),
    ],
)
def test_hostile_pages_are_drawn_or_refused_within_bounds(
    take: Take, storage: Storage, workdir: Path, content: bytes
) -> None:
    started = time.perf_counter()
    try:
        received = take(content, "a.pdf")
        outcome: object = len(list(previews(received, Kind.PDF, storage=storage, workdir=workdir)))
    except Refused as refused:
        outcome = refused.code
    assert outcome in {2, Code.UNREADABLE, Code.TIMEOUT, Code.TOO_MANY_PAGES, Code.BOMB}
    assert time.perf_counter() - started < 60
    assert list(workdir.iterdir()) == []


def test_drawing_ends_when_the_document_has_had_its_time(
    take: Take, storage: Storage, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "SECONDS", 0)
    received = take(corpus.pdf(2), "a.pdf")
    with pytest.raises(Refused) as caught:
        list(previews(received, Kind.PDF, storage=storage, workdir=workdir))
    assert caught.value.code == Code.TIMEOUT


@pytest.mark.slow
def test_a_page_that_cannot_be_drawn_does_not_hide_the_others(draw: Draw) -> None:
    document = pikepdf.open(io.BytesIO(corpus.pdf(3)))
    bomb = pikepdf.open(io.BytesIO(corpus.pdf_flate_bomb()))
    document.pages[1] = bomb.pages[0]
    out = io.BytesIO()
    document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    made = draw(out.getvalue(), "a.pdf")
    assert {("page", 1), ("page", 3)} <= set(made)


def test_a_key_with_the_wrong_kind_is_refused(take: Take, storage: Storage, workdir: Path) -> None:
    received = take(corpus.pdf(), "a.pdf")
    with pytest.raises(Refused) as caught:
        list(previews(received.key, Kind.PICTURE, storage=storage, workdir=workdir))
    assert caught.value.code == Code.UNREADABLE
