"""The review page in a real browser: keys, two people at once, hostile text, dark mode, a phone.

make test ARGS=tests/data_prep/test_review_browser.py
"""

import json
import re
import shutil

import pytest

from tests.browser import Browser, chromium
from tests.data_prep.conftest import lines
from tests.data_prep.reviewing import messages, serving

IDLE = "document.querySelector('#record').ariaBusy === 'false'"
pytestmark = pytest.mark.skipif(chromium() is None, reason="no Chromium here; name one in COMPASS_CHROMIUM")
EVIL = "<img src=x onerror=window.harmed=1><script>window.harmed=1</script> https://evil.example/ <b>bold</b>"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='window.harmed=1'><script>window.harmed=1</script></svg>"


def put_evil(path):
    """Hostile text into the first record with a sticker: what is said, the arguments, the result, the reply."""
    told = lines(path)
    record = next(
        each for each in told if '"stickers"' in each["messages"][2]["content"] and len(each["messages"]) == 4
    )
    user, caller, result, reply = record["messages"]
    user["content"] = user["content"].split("\n")[0] + "\n" + EVIL
    call = caller["tool_calls"][0]["function"]
    call["arguments"] = json.dumps(json.loads(call["arguments"]) | {"tag": EVIL}, ensure_ascii=False)
    content = json.loads(result["content"])
    content["stickers"][0] |= {"svg": SVG, "url": "javascript:window.harmed=1", "description": EVIL}
    content["stickers"].append({"id": "__proto__", EVIL: EVIL})
    result["content"] = json.dumps(content, ensure_ascii=False)
    reply["content"] = EVIL
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in told), encoding="utf-8")
    return record["id"]


@pytest.fixture(scope="module")
def served(data, recipe_file, tmp_path_factory):
    """(page, id of a hostile record)."""
    out = tmp_path_factory.mktemp("review") / "small"
    shutil.copytree(data, out)
    evil = put_evil(out / "trajectories" / "profile.jsonl")
    with serving(recipe_file, out) as page:
        yield page, evil


@pytest.fixture(scope="module")
def browser(served, tmp_path_factory):
    made = Browser(chromium(), tmp_path_factory.mktemp("profile"))
    made.size(1200, 900)
    made.open(served[0].address + "/")
    made.until("document.querySelector('#name').open")
    made.type("<b>")
    made.key("Enter")
    made.until("!document.querySelector('#name .wrong').hidden")
    made.js("document.querySelector('#name input').value = ''")
    made.type("Ann")
    made.key("Enter")
    made.until("document.querySelector('.conversation')")
    yield made
    made.close()


@pytest.fixture
def at(served, browser):
    """Goes to a record of the list by its address; gives a reader of which record is shown."""

    def shown():
        return browser.js("decodeURIComponent(location.hash.slice(1))")

    def go(id=None, setting=""):
        browser.js("localStorage.setItem('reviewer', 'Ann')")
        browser.open(f"{served[0].address}/{'#' + id if id else ''}")
        browser.send("Page.reload")
        browser.until("document.querySelector('.conversation')")
        if setting:
            browser.js(
                f"(() => {{ const select = document.querySelector('select[name=setting]'); select.value = '{setting}';"
                "select.dispatchEvent(new Event('input', {bubbles: true})); })()"
            )
            browser.until(f"document.querySelector('.conversation .tag:nth-of-type(2)').textContent === '{setting}'")
        browser.until(IDLE)
        return shown()

    go.shown = shown
    return go


def test_keys_accept_reject_move_and_undo(served, browser, at):
    page, _ = served
    first = at(setting="direct")
    browser.key("a")
    browser.until(f"location.hash !== '#{first}' && {IDLE}")
    second = at.shown()
    assert page.decisions()[-1]["id"] == first and page.decisions()[-1]["action"] == "accept"
    browser.key("r")
    browser.until("document.querySelector('#reject').open")
    browser.key("a")  # typed into the reason, not obeyed
    browser.type(" bit cold")
    browser.key("Enter")
    browser.until(f"location.hash !== '#{second}' && {IDLE}")
    assert page.decisions()[-1] | {"at": 0} == page.decisions()[-1] | {"at": 0, "id": second, "reason": "a bit cold"}
    browser.key("u")
    browser.until("document.querySelector('#notice').textContent.includes('taken back') && " + IDLE)
    assert at.shown() == second and page.decisions()[-1]["action"] == "undo"
    browser.key("j")
    browser.until(f"location.hash !== '#{second}' && {IDLE}")
    browser.key("k")
    browser.until(f"location.hash === '#{second}'")
    assert "1 by you" in browser.text("#counts") and not browser.complaints()


def test_an_edit_is_refused_with_its_reasons_and_then_saved(served, browser, at):
    page, _ = served
    id = at(setting="direct")
    browser.key("e")
    browser.until("document.querySelectorAll('textarea').length === 2")
    reply = "document.querySelectorAll('textarea')[1]"
    good = browser.js(f"{reply}.value")
    browser.js(f"{reply}.focus(); {reply}.select()")
    browser.type("Ring 555 0199 now and they will take care of it.")
    browser.key("Enter", 2)
    browser.until("!document.querySelector('#problems').hidden")
    assert "invented" in browser.text("#problems") and "not saved" in browser.text("#notice")
    browser.key("Escape")
    assert "unsaved" in browser.text("#notice"), "one key dropped what was typed"
    browser.js(f"{reply}.focus(); {reply}.select()")
    browser.type(good + " I am near.")
    browser.key("Enter", 2)
    browser.until("document.querySelector('#notice').textContent.startsWith('Saved')")
    assert messages(page.record(id))[1]["content"] == good + " I am near."
    assert browser.text(".conversation").count("before the edit") == 1


def test_who_was_slower_keeps_what_was_typed(served, browser, at):
    page, _ = served
    id = at(setting="direct")
    text = messages(page.record(id))[1]["content"]
    browser.key("e")
    browser.until("document.querySelectorAll('textarea').length === 2")
    browser.js("document.querySelectorAll('textarea')[1].select()")
    browser.type(text + " I typed this for long.")
    page.edit(id, {"message": 1, "field": "content", "text": text + " Bo was first."}, reviewer="Bo")
    browser.key("Enter", 2)
    browser.until("document.querySelector('#notice').textContent.includes('Bo edited it')")
    browser.until("document.querySelector('.conversation').textContent.includes('Bo was first.')")
    assert "I typed this for long." in browser.text("#typed")
    assert page.decisions()[-1]["reviewer"] == "Bo"


def test_hostile_text_is_read_not_run(served, browser, at):
    page, evil = served
    browser.events.clear()
    at(evil)
    browser.until(f"location.hash === '#{evil}'")
    told = browser.text(".conversation")
    assert told.count(EVIL) >= 3, "hostile text is not shown as it is"
    drawn = browser.js("[...document.querySelectorAll('main img')].map((image) => [image.src, image.naturalWidth > 0])")
    assert len(drawn) == 1 and drawn[0][0].startswith("data:image/svg+xml;base64,") and drawn[0][1]
    assert SVG not in page.http.get("/api/record", params={"id": evil}).json()["drawings"].values()
    found = browser.js(
        "[window.harmed, document.querySelectorAll('main a, main script, main iframe, main b b').length]"
    )
    assert found == [None, 0]
    assert browser.js("document.querySelector('[data-act=accept]').disabled"), "its checks fail"
    asked = [
        each["params"]["request"]["url"] for each in browser.events if each["method"] == "Network.requestWillBeSent"
    ]
    assert all(url.startswith((page.address, "data:", "about:")) for url in asked), "something was asked of elsewhere"
    assert not browser.complaints(), browser.complaints()


def contrast(*colours):
    """WCAG's contrast of two colours, from 1 to 21."""

    def luminance(colour):
        parts = [int(each) / 255 for each in re.findall(r"\d+", colour)[:3]]
        linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
        return sum(weight * each for weight, each in zip((0.2126, 0.7152, 0.0722), linear))

    dark, light = sorted(map(luminance, colours))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1200, 900), (390, 844)])
def test_it_is_readable_on_a_phone_and_in_the_dark(served, browser, at, scheme, width, height):
    browser.size(width, height, scheme)
    at(served[1])
    browser.until(f"location.hash === '#{served[1]}'")
    assert browser.js("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    colours = browser.js("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert contrast(*colours) >= 7, "text and paper are too alike"
    assert (colours[1] == "rgb(255, 255, 255)") == (scheme == "light")
    heights = browser.js(
        "[...document.querySelectorAll('#actions button:not([hidden])')].map((each) => each.getBoundingClientRect().height)"
    )
    assert len(heights) == 6 and min(heights) >= 36, "a button too small for a thumb"
