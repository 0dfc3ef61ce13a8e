from pathlib import Path

from tests.console.drawing import DRAWING, SIZE, draw

MOST_BYTES = 150_000
ROOT = Path(__file__).parents[2]


def shape(png: Path) -> tuple[int, int]:
    """Width and height (W3C PNG, 11.2.1)."""
    head = png.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def test_the_drawing_in_the_readme_is_small_and_can_be_drawn_anew(chromium, server, tmp_path):
    draw(chromium, server, tmp_path / "console.png")
    for png in (tmp_path / "console.png", DRAWING):
        assert shape(png) == (SIZE["width"], SIZE["height"])
        assert png.stat().st_size < MOST_BYTES
    assert f"({DRAWING.relative_to(ROOT)})" in (ROOT / "README.md").read_text()
