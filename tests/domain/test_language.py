import pytest

from orion.domain.language import known, meant


@pytest.mark.parametrize("tag", ["en", "de", "pt-BR", "pt_br", "zh-Hans-CN", "auto", "yue", "EN"])
def test_a_tag_is_known(tag: str) -> None:
    assert known(tag)


@pytest.mark.parametrize("tag", ["", "english", "qq", "e", "en-", "en gb", "12"])
def test_what_is_no_tag_is_not(tag: str) -> None:
    assert not known(tag)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("English", "en"), ("deutsch", "de"), ("en us", "en"), ("french (ca)", "fr"), ("zz", None)],
)
def test_what_is_nearly_one_is_understood(text: str, tag: str | None) -> None:
    assert meant(text) == tag
