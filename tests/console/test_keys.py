import re

import pytest
from playwright.sync_api import Page, expect

KEY = "sk-proj-8Wk1rT5v0yXgq3cJmZpLd7NfBhUeAiRs"


def enter(page: Page, key: str, name: str = "OpenAI", address: str = "") -> None:
    page.get_by_role("button", name=f"Add key of {name}").click()
    page.get_by_label("Key", exact=True).fill(key)
    if address:
        page.get_by_role("textbox", name="Address").fill(address)
    page.get_by_role("button", name="Save").click()


@pytest.fixture
def keys(signed_in) -> Page:
    page: Page = signed_in()
    page.get_by_role("button", name="Keys").click()
    return page


def test_an_admin_enters_a_key_and_sees_where_it_ends_and_forgets_it(keys, server):
    row = keys.get_by_test_id("provider-openai")
    expect(row).to_contain_text("no key")
    enter(keys, f"  {KEY} ")
    expect(row).to_contain_text("a key that ends with AiRs")
    assert server.entered == [("openai", {"key": KEY})]
    assert KEY not in keys.content()
    keys.get_by_role("button", name="Forget the key of OpenAI").click()
    expect(row).to_contain_text("no key")


def test_a_key_that_is_refused_is_told_as_kept(keys):
    enter(keys, "sk-wrong", "Deepgram")
    expect(keys.get_by_role("alert")).to_contain_text("Saved, but Deepgram refused the key. Check the key.")
    expect(keys.get_by_test_id("provider-deepgram")).to_contain_text("a key that ends with")


def test_an_address_goes_along_where_there_may_be_one_and_what_is_wrong_with_it_is_told(keys, server):
    enter(keys, KEY, address="https://127.0.0.1/v1")
    expect(keys.get_by_role("alert")).to_contain_text("this address is not public")
    keys.get_by_role("textbox", name="Address").fill("https://llm.example.org/v1")
    keys.get_by_role("button", name="Save").click()
    expect(keys.get_by_test_id("provider-openai")).to_contain_text("https://llm.example.org/v1")
    assert server.entered[-1] == ("openai", {"key": KEY, "base_url": "https://llm.example.org/v1"})
    keys.get_by_role("button", name="Add key of Deepgram").click()
    expect(keys.get_by_role("textbox", name="Address")).to_have_count(0)


def test_what_was_typed_is_gone_when_the_dialog_is_closed(keys):
    keys.get_by_role("button", name="Add key of OpenAI").click()
    keys.get_by_label("Key", exact=True).fill(KEY)
    expect(keys.get_by_label("Key", exact=True)).to_have_attribute("type", "password")
    keys.get_by_role("button", name="Close").click()
    keys.get_by_role("button", name="Keys").click()
    keys.get_by_role("button", name="Add key of OpenAI").click()
    expect(keys.get_by_label("Key", exact=True)).to_have_value("")


def test_a_user_has_no_such_button(signed_in, server):
    server.user["role"] = "user"
    page = signed_in()
    expect(page.get_by_role("button", name="Help")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Keys"))).to_have_count(0)
