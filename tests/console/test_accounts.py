"""The first password, another one, an invitation that is made, and one that is taken."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.simulated_server import INVITATION, LINK_TOKEN, PASSWORD

FRESH = "five white egrets"


@pytest.fixture
def linked(open_page, server) -> Page:
    """The page of somebody whom a link has just made the admin: without a password."""
    server.user |= {"has_password": False, "email": "admin@localhost", "name": "Admin"}
    page: Page = open_page(f"/?token={LINK_TOKEN}")
    return page


def test_whoever_comes_by_a_link_is_asked_for_email_and_password_at_once(linked, server):
    asked = linked.get_by_role("region", name="Set your email and password")
    asked.get_by_label("Email").fill("ada@example.org")
    asked.get_by_label("Password (at least").fill(FRESH)
    asked.get_by_role("button", name="Save").click()
    expect(linked.get_by_test_id("account-done")).to_contain_text("sign in with this email and password")
    assert server.passwords == [{"email": "ada@example.org", "new_password": FRESH}]
    linked.reload()
    expect(linked.get_by_test_id("user")).to_have_attribute("title", "Your account: ada@example.org")
    expect(linked.get_by_test_id("first-password")).to_have_count(0)


def test_it_can_be_put_off_and_is_asked_again(linked):
    linked.get_by_role("button", name="Later").click()
    expect(linked.get_by_test_id("first-password")).to_have_count(0)
    linked.get_by_test_id("user").click()
    expect(linked.get_by_role("dialog").get_by_label("Email")).to_be_visible()
    linked.reload()
    expect(linked.get_by_test_id("first-password")).to_be_visible()


def test_it_is_in_nobodys_way(linked):
    linked.get_by_test_id("join").click()
    expect(linked.get_by_test_id("mute")).to_be_enabled()


def test_an_admin_named_admin_is_not_called_so_twice(linked):
    shown = linked.get_by_test_id("user").locator("> span:not(.unseen)")
    expect(shown).to_have_text(["Admin"])


def test_the_password_is_changed_by_who_knows_it(signed_in, server):
    page = signed_in()
    page.get_by_test_id("user").click()
    dialog = page.get_by_role("dialog", name="Your account")
    for current, heard in (
        ("something else", "The current password is wrong."),
        (PASSWORD, "The password is changed."),
    ):
        dialog.get_by_label("Current password", exact=True).fill(current)
        dialog.get_by_label("New password (at least").fill(FRESH)
        dialog.get_by_role("button", name="Change password").click()
        expect(dialog).to_contain_text(heard)
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(dialog.get_by_label("Current password", exact=True)).to_have_value("")
    assert server.passwords == [{"current_password": PASSWORD, "new_password": FRESH}]


def test_an_admin_makes_an_invitation_and_copies_its_link(signed_in, server):
    page = signed_in()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("Email (optional").fill("ben@example.org")
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_label("Invitation link")
    expect(link).to_have_value(f"{server.url}/?invitation={INVITATION}")
    expect(page.get_by_role("dialog")).to_contain_text("good until February 8, 2026")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()") == link.input_value()
    assert server.invited == [{"email": "ben@example.org", "role": "user"}]


def test_a_user_invites_nobody(signed_in, server):
    server.user["role"] = "user"
    page = signed_in()
    expect(page.get_by_role("button", name="Invite somebody")).to_have_count(0)


def register(page: Page) -> None:
    page.get_by_label("Email").fill("ben@example.org")
    page.get_by_label("Password (at least").fill(FRESH)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_test_id("user")).to_be_visible()


def test_the_invitation_of_a_link_goes_along_and_leaves_the_address_bar(open_page, server):
    page = open_page(f"/?invitation={INVITATION}")
    expect(page.get_by_role("heading", name="Create your account")).to_be_visible()
    expect(page.get_by_text("You are invited to this server.")).to_be_visible()
    assert page.url == f"{server.url}/"
    page.reload()
    expect(page.get_by_label("Invitation")).to_have_value(INVITATION)
    register(page)
    assert server.registered[-1]["invitation"] == INVITATION
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to ORION")).to_be_visible()


@pytest.mark.parametrize("pasted", [f" {INVITATION} ", f"https://orion.example.org/?invitation={INVITATION}"])
def test_an_invitation_can_be_pasted_as_link_or_code(open_page, server, pasted):
    page = open_page()
    page.get_by_role("button", name="Create one").click()
    page.get_by_label("Invitation").fill(pasted)
    register(page)
    assert server.registered[-1]["invitation"] == INVITATION


def test_without_an_invitation_none_is_sent(open_page, server):
    page = open_page()
    page.get_by_role("button", name="Create one").click()
    register(page)
    assert "invitation" not in server.registered[-1]


def test_the_form_says_what_to_do_about_a_forgotten_password(open_page):
    page = open_page()
    page.get_by_text("Forgot your password?").click()
    expect(page.get_by_text(re.compile("Ask an admin .* orion users reset-password"))).to_be_visible()
