"""A plan on the page, in real Chromium on the real server: written, run, seen live, approved, seen done."""

import re

import httpx
import pytest
import pytest_asyncio

from tests.journeys.browser import expect, signed_in
from tests.journeys.conftest import ADA, need, start_server

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAY = '''"""Pays the invoice of somebody."""

import asyncio

from pydantic import BaseModel

RISK = "danger"
EXAMPLES = ["pay the invoice of {payee}"]


class Args(BaseModel):
    """To whom."""

    payee: str


async def run(args, call):
    """Who was paid."""
    await asyncio.sleep(1.2)
    return {"paid": args.payee}
'''


@pytest.fixture(scope="module")
def paying(open_dir):
    """A server whose agent can pay."""
    need("flite")
    project = open_dir / "page-plans" / "project"
    (project / "tools").mkdir(parents=True)
    (project / "tools" / "pay.py").write_text(PAY)
    running = start_server(open_dir / "page-plans" / "data", "--project", str(project))
    httpx.post(f"{running.url}/api/v1/auth/register", json=ADA, timeout=30).raise_for_status()
    yield running
    running.end()


@pytest_asyncio.fixture(loop_scope="module")
async def tab(browser, paying):
    """A page of it, signed in."""
    async with signed_in(browser, paying.url, ADA) as opened:
        yield opened


async def test_a_written_plan_is_seen_live_approved_by_click_and_seen_done(tab):
    page = tab.page
    await tab.write("make a plan to pay the invoice of acme and then tell me the time in tokyo")
    plan = page.get_by_test_id("plan")
    await expect(plan.get_by_test_id("plan-standing")).to_have_text("Draft · 2 steps", timeout=15_000)
    steps = plan.get_by_test_id("plan-step")
    await expect(steps).to_have_count(2)
    await expect(steps.first).to_contain_text("acme")
    await plan.get_by_role("button", name="Run plan").click()
    await expect(page.get_by_test_id("approval-tool")).to_have_text("pay", timeout=20_000)
    await expect(page.get_by_test_id("approval-arguments")).to_have_text(re.compile(r"payee\s*acme"))
    await expect(page.get_by_test_id("expires")).to_have_text(re.compile(r"expires in (10:00|9:\d\d)"))
    await expect(steps.first.get_by_test_id("step-state")).to_have_text("needs your yes")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_test_id("settled")).to_contain_text("Approved on this page")
    await expect(steps.first.get_by_test_id("step-state")).to_contain_text("running")
    await expect(plan.get_by_test_id("plan-standing")).to_have_text("Done · 2 steps", timeout=15_000)
    await expect(steps.first.get_by_test_id("step-time")).to_have_text(re.compile(r"1\.[2-9]\d s"))
    await expect(steps.last.get_by_test_id("step-result")).to_contain_text("Tokyo")
    await page.reload()
    await expect(plan.get_by_test_id("plan-standing")).to_have_text("Done · 2 steps")
    await expect(plan.get_by_test_id("step-answer")).to_have_text("Approved by you")


async def test_a_step_that_is_rejected_on_the_page_never_runs(tab):
    page = tab.page
    await tab.write("make a plan to tell me the time in tokyo and then pay the invoice of globex")
    await page.get_by_role("button", name="Run plan").click(timeout=15_000)
    await page.get_by_role("button", name="Reject").click(timeout=20_000)
    await expect(page.get_by_test_id("plan-standing")).to_have_text("Failed · 1 of 2 done")
    last = page.get_by_test_id("plan-step").last
    await expect(last.get_by_test_id("step-state")).to_have_text("rejected")
    await expect(last.get_by_test_id("step-time")).to_have_count(0)


async def test_what_was_answered_on_the_page_is_not_asked_again_in_the_call(tab):
    page = tab.page
    await tab.greeted()
    await tab.write("make a plan to pay the invoice of acme and then tell me the time in tokyo")
    await page.get_by_role("button", name="Run plan").click(timeout=15_000)
    await page.get_by_role("button", name="Approve").click(timeout=20_000)
    await expect(page.get_by_test_id("plan-standing")).to_have_text("Done · 2 steps", timeout=15_000)
    await expect(tab.captions).to_contain_text("Paid: acme.", timeout=20_000)
    asked = await tab.now()
    await tab.write("please tell me what twelve times nine is")
    await tab.until(lambda heard, now: bool(heard) and now - heard[-1] > 2000, since=asked)
    last = tab.turns("agent").last.get_by_test_id("turn-text")
    await expect(last).to_have_text(re.compile(r"That is 108\.$"))


async def test_a_single_dangerous_call_is_shown_as_asked_and_as_answered_in_writing(tab):
    page = tab.page
    await tab.write("pay the invoice of initech")
    await expect(page.get_by_test_id("approval-tool")).to_have_text("pay", timeout=15_000)
    await expect(page.get_by_test_id("approval-arguments")).to_have_text(re.compile(r"payee\s*initech"))
    await expect(tab.cards.first).to_contain_text("waits for your yes")
    await expect(tab.turns("agent").last).to_contain_text("Shall I run pay")
    await tab.write("yes")
    await expect(page.get_by_test_id("settled")).to_contain_text("Approved in writing", timeout=15_000)
    await expect(page.get_by_test_id("approval")).to_have_count(0)
    await expect(tab.cards.last).to_have_attribute("data-status", "done", timeout=15_000)


async def test_a_single_dangerous_call_is_approved_by_click_and_runs(tab):
    page = tab.page
    await tab.write("pay the invoice of initech")
    await expect(page.get_by_test_id("approval-arguments")).to_have_text(re.compile(r"payee\s*initech"))
    await page.get_by_role("button", name="Approve").click(timeout=15_000)
    await expect(page.get_by_test_id("settled")).to_contain_text("Approved on this page")
    await expect(tab.cards.last).to_have_attribute("data-status", "done", timeout=15_000)
    await expect(tab.turns("agent").last).to_contain_text("Paid: initech.")
