from playwright.sync_api import expect

from tests.console.conftest import sign_in
from tests.console.simulated_server import LINK_TOKEN


def test_the_printed_link_signs_in_and_leaves_the_address_bar(open_page, server):
    page = open_page(f"/?token={LINK_TOKEN}")
    expect(page.get_by_test_id("user")).to_contain_text("Ada")
    assert page.url == f"{server.url}/"


def test_a_spent_link_says_so_and_leaves_the_address_bar_too(open_page, server):
    page = open_page("/?token=some-other-token-0123456789")
    expect(page.get_by_test_id("sign-in-error")).to_contain_text("The sign-in link is used up")
    assert page.url == f"{server.url}/"


def test_a_wrong_password_is_told_and_the_right_one_signs_in(open_page):
    page = open_page()
    page.get_by_label("Email").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill("wrong password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Email or password is wrong.")
    sign_in(page)


def test_registering_shows_what_the_server_says_about_a_field(open_page):
    page = open_page()
    page.get_by_role("button", name="Create one").click()
    page.get_by_label("Email").fill("taken@example.org")
    page.get_by_label("Password (at least").fill("long enough password")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert")).to_contain_text("this address has an account")
    expect(page.get_by_label("Email")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_test_id("user")).to_be_visible()


def test_password_managers_find_the_fields(open_page):
    page = open_page()
    expect(page.get_by_label("Email")).to_have_attribute("autocomplete", "username")
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("autocomplete", "current-password")
    page.get_by_role("button", name="Create one").click()
    expect(page.get_by_label("Password (at least")).to_have_attribute("autocomplete", "new-password")


def test_a_reload_stays_signed_in_and_signing_out_signs_out_every_tab(signed_in, server):
    page = signed_in()
    page.reload()
    expect(page.get_by_test_id("user")).to_be_visible()
    other = page.context.new_page()
    other.goto(server.url)
    expect(other.get_by_test_id("user")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    for each in (page, other):
        expect(each.get_by_role("heading", name="Sign in to ORION")).to_be_visible()


def test_tabs_with_an_old_token_refresh_it_once(signed_in, server):
    page = signed_in()
    spent = server.refresh_token
    other = page.context.new_page()
    other.goto(server.url)
    expect(other.get_by_test_id("join")).to_be_visible()
    server.access_token = "another"
    pages = (page, other)
    for each in pages:
        each.reload()
    for each in pages:
        expect(each.get_by_role("combobox", name="Talk to")).to_be_visible()
    assert server.refreshed == [spent]


def test_the_end_of_the_sign_in_leads_back_to_the_form(signed_in, server):
    page = signed_in()
    server.access_token = server.refresh_token = "gone"
    page.reload()
    expect(page.get_by_role("heading", name="Sign in to ORION")).to_be_visible()
