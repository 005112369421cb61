"""Black boxes on pictures in a real browser: by pointer and by keyboard alone, under the strict policy."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_page import complaints_of, echo, url
from tests.fakes.conversations import EchoConversations

__all__ = ["echo", "url"]
pytestmark = pytest.mark.browser


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "PLANTED8842"
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (400, 300), (250, 250, 250)).save(path, "JPEG", exif=exif)
    return path


def _opened(page: Page, photo: Path, echo: EchoConversations) -> None:
    """Choose the picture and see the offer."""
    echo.max_bytes = 1 << 20
    page.locator("summary").click()
    page.set_input_files("#files", str(photo))
    expect(page.locator("dialog.cover")).to_be_visible()


def _sent(page: Page, echo: EchoConversations) -> bytes:
    """Return the one file that the page sent."""
    expect(page.locator("dialog.cover")).to_have_count(0)
    expect(page.locator("#log li.person").last).to_contain_text("photo.jpg")
    expect(page.locator("#log")).to_contain_text("echo files 1")
    (content,) = echo.files.values()
    return bytes(content)


def _dark(image: Image.Image, x: float, y: float) -> bool:
    level: object = image.convert("L").getpixel((int(x * image.width), int(y * image.height)))
    return isinstance(level, int) and level < 40


def test_a_box_drawn_with_the_pointer_is_black_for_good(
    url: str, open_page: OpenPage, photo: Path, echo: EchoConversations
) -> None:
    page = open_page(url)
    complaints = complaints_of(page)
    _opened(page, photo, echo)
    place = page.locator("canvas.boxes").bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] * 0.1, place["y"] + place["height"] * 0.1)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.5, place["y"] + place["height"] * 0.6, steps=4)
    page.mouse.up()
    expect(page.locator("dialog .count")).to_contain_text("1")
    page.locator("dialog .send").click()
    image = Image.open(BytesIO(_sent(page, echo)))
    assert _dark(image, 0.3, 0.3)
    assert not _dark(image, 0.8, 0.8)
    assert not image.getexif()
    assert complaints == []


def test_the_keyboard_alone_covers_too(url: str, open_page: OpenPage, photo: Path, echo: EchoConversations) -> None:
    page = open_page(url)
    _opened(page, photo, echo)
    for key in (
        ["ArrowLeft"] * 20 + ["ArrowUp"] * 20 + ["Shift+ArrowRight"] * 5 + ["Enter", "ArrowRight", "Enter", "Backspace"]
    ):
        page.keyboard.press(key)
    expect(page.locator("dialog .count")).to_contain_text("1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    image = Image.open(BytesIO(_sent(page, echo)))
    assert _dark(image, 0.1, 0.1)
    assert not _dark(image, 0.6, 0.6)


def test_it_is_offered_and_never_forced(url: str, open_page: OpenPage, photo: Path, echo: EchoConversations) -> None:
    page = open_page(url)
    _opened(page, photo, echo)
    page.locator("dialog button").nth(2).click()
    assert _sent(page, echo) == photo.read_bytes()
    page.set_input_files("#files", str(photo))
    page.keyboard.press("Escape")
    expect(page.locator("dialog.cover")).to_have_count(0)
    assert len(echo.files) == 1
    assert page.url == f"{url}/"


def test_without_javascript_the_upload_is_plain(
    url: str, open_page: OpenPage, photo: Path, echo: EchoConversations
) -> None:
    page = open_page(url, javascript=False)
    echo.max_bytes = 1 << 20
    page.locator("summary").click()
    page.set_input_files("#files", str(photo))
    page.locator("#attach button").click()
    expect(page.locator("#log")).to_contain_text("echo files 1")
    assert list(echo.files.values()) == [photo.read_bytes()]
