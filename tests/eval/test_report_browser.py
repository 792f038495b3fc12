"""The report in a real browser: hostile text stays text, keys and filters work, a phone and dark mode are served.

make test ARGS=tests/eval/test_report_browser.py
"""

import pytest

from tests.browser import Browser, chromium
from tests.eval.test_report import EVIL, compared, page  # noqa: F401

pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium here; name one in COMPASS_CHROMIUM")
FOUND = "document.getElementById('found').textContent"


@pytest.fixture(scope="module")
def browser(page, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("page")
    (folder / "report.html").write_text(page, encoding="utf-8")
    made = Browser(chromium(), folder / "profile")
    made.size(1200, 900)
    made.open(f"file://{folder / 'report.html'}")
    made.until(f"{FOUND} === '20 of 20 units'")
    yield made
    made.close()


def test_what_a_model_wrote_is_shown_and_does_nothing(browser):
    browser.js("document.querySelector('details.episode summary').click()")
    browser.until("document.querySelector('details.episode .arm')")
    assert EVIL in browser.text("details.episode .arm.first")
    assert "strength_card" in browser.text("#episodes") or "_" in browser.text("details.episode .call")
    assert browser.js("document.querySelectorAll('#episodes script, #episodes img[src^=x]').length") == 0
    assert browser.complaints() == []


def test_words_and_choices_filter_and_a_count_leads_to_its_examples(browser):
    browser.js("document.getElementById('words').focus()")
    browser.type("u0001 alert")
    browser.until(f"{FOUND} === '5 of 20 units'")
    browser.js("document.getElementById('words').value = ''")
    browser.js("document.querySelector('button[data-reason=\"no call\"]').focus()")
    browser.key("Enter")
    browser.until("document.getElementById('reason').value === 'no call'")
    assert browser.js(FOUND) == "20 of 20 units"
    browser.js("document.getElementById('arm').value = '1'")
    browser.js("document.getElementById('arm').dispatchEvent(new Event('change'))")
    assert browser.js(FOUND) == "0 of 20 units", "the second model has no such failure"


def test_a_phone_in_dark_mode_scrolls_in_one_direction_only(browser):
    browser.size(390, 800, "dark")
    browser.until("matchMedia('(prefers-color-scheme: dark)').matches")
    assert browser.js("document.documentElement.scrollWidth <= innerWidth")
    bright = "getComputedStyle(document.documentElement).colorScheme"
    assert "dark" in browser.js(bright)


def test_stickers_that_were_sent_are_drawn(browser):
    browser.js("for (const id of ['reason', 'arm']) document.getElementById(id).value = ''")
    browser.js("document.getElementById('app').value = 'sticker_respond'")
    browser.js("document.getElementById('app').dispatchEvent(new Event('change'))")
    browser.js("document.querySelector('details.episode').open = true")
    browser.until("document.querySelector('.card img') && document.querySelector('.card img').naturalWidth > 0")
