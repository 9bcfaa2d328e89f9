"""Both languages, keyboard and screen reader, narrow screens, both themes, and the file itself."""

import base64
import gzip
import re
import time

import pytest

#: The text of all elements that are seen, and of what a screen reader says instead of text.
SEEN = """() => {
  const texts = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent.closest("script, style") || !parent.checkVisibility({ visibilityProperty: true })) continue;
    texts.push(node.textContent);
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (!element.checkVisibility({ visibilityProperty: true }) && element.tagName !== "CANVAS") continue;
    for (const name of ["aria-label", "title", "placeholder"]) texts.push(element.getAttribute(name) ?? "");
  }
  return texts.map((text) => text.trim()).filter(Boolean);
}"""

#: What stays in Latin letters in the Korean page: names, file formats, code.
CODE = (
    r"NumPy|MNIST|IDX|CSV|SVG|Esc|WebAssembly|English|W1|W2|b1|b2|h\(a\)|L\(w|numerical_gradient|zip|npz|safetensors|"
    r"train_size|hidden_size|weight_init_std|batch_size|batch_mask|np\.random\.seed|docs/benchmarks\.md|"
    r"sigmoid|tanh|relu|hidden|gradient|both|backprop|seed|MB|e|h|w|x|L|W"
)


def test_the_button_switches_all_that_is_seen_and_back(open_page):
    web = open_page("gradient=both&hidden=20&seed=1")
    web.click("#step")
    web.until("page.detail !== null && page.answer !== null")
    web.set("hidden", "21")  # an earlier run, with a button to remove it
    web.until("page.earlier.length === 1 && page.ready")
    web.click("#step")
    web.until("page.detail?.detail.iteration === 1 && page.answer !== null")
    web.set("hidden", "many")
    assert web.notice.startswith("Hidden neurons: expected")
    english = web.tab.evaluate(SEEN)
    assert not [text for text in english if re.search("[가-힣]", text) and text != "한국어"]
    assert web.get("document.documentElement.lang") == "en"
    assert web.tab.title() == "Watch a two-layer net learn"

    web.click("#language")
    assert web.get("document.documentElement.lang") == "ko"
    assert web.tab.title() == "신경망이 배우는 모습 보기"
    for text in web.tab.evaluate(SEEN):
        words = re.findall(r"[A-Za-z]{2,}", re.sub(rf"(?<![A-Za-z])({CODE})(?![A-Za-z])", "", text))
        assert not words, (text, words)
    assert web.tab.locator("#settings select option").all_inner_texts()[3:6] == ["복원 추출", "에폭마다 섞기", "차례대로"]

    web.click("#language")
    assert web.tab.evaluate(SEEN) == english


def test_the_words_of_both_languages_are_the_same_ones(web):
    keys = "(of) => Object.entries(of).flatMap(([key, value]) => typeof value === 'object' ? [key, ...Object.keys(value)] : [key])"
    english, korean = web.get(f"[WORDS.en, WORDS.ko].map({keys})")
    assert english == korean


def test_a_korean_browser_begins_in_korean_and_another_one_in_english(open_page):
    assert open_page(locale="ko-KR", ready=False).get("document.documentElement.lang") == "ko"
    assert open_page(locale="de-DE", ready=False).get("document.documentElement.lang") == "en"


def test_a_screen_reader_is_told_the_numbers_after_a_pause(web):
    web.play()
    web.until("page.iteration > 10")
    web.pause()
    count, loss = web.iteration, web.text("#n-loss")
    web.until(f"document.getElementById('spoken').textContent.startsWith('Iteration {count}, loss {loss}, train accuracy')")
    assert web.tab.get_attribute("#spoken", "aria-live") == "polite"
    assert f"{count} iterations, now {loss}" in web.tab.get_attribute("#loss-chart svg", "aria-label")
    web.tab.locator("#neurons button").first.click()
    assert web.text("#large-name").startswith("Neuron 0: weights from -0.0")
    assert web.tab.get_by_role("dialog", name="Neuron 0").count() == 1
    web.tab.keyboard.press("Escape")
    assert not web.tab.locator("#large").is_visible()


def test_every_control_has_a_name_and_is_reached_by_tab(web):
    web.click("#step")
    web.until("page.iteration === 1")
    web.click("#reset")
    web.until("page.earlier.length === 1 && page.iteration === 0")
    controls = "button, a[href], input:not([type=file]), select, canvas[tabindex], [role=region]"
    seen = f"[...document.querySelectorAll('{controls}')].filter((element) => element.checkVisibility())"
    count = web.get(f"({seen}).map((element, k) => (element.dataset.tested = k)).length")
    # names and roles as the browser tells them to a screen reader
    session = web.tab.context.new_cdp_session(web.tab)
    for node in session.send("Accessibility.getFullAXTree")["nodes"]:
        role = node.get("role", {}).get("value")
        if role in ("button", "link", "textbox", "combobox", "slider", "img", "image", "application", "dialog", "region"):
            assert node["ignored"] or node.get("name", {}).get("value"), node
    assert web.tab.get_by_role("application", name="Draw a digit").count() == 1
    # every place that Tab stops at
    reached = []
    web.get("document.body.focus()")
    for _ in range(count + 5):
        web.tab.keyboard.press("Tab")
        reached.append(web.get("document.activeElement.dataset.tested"))
    missed = set(map(str, range(count))) - set(reached)
    names = web.get(f"({seen}).map((element) => element.outerHTML.slice(0, 80))")
    assert not missed, [names[int(k)] for k in missed]


def test_the_keyboard_alone_starts_pauses_and_changes_a_run(web):
    web.tab.focus("#play")
    web.tab.keyboard.press("Enter")
    web.until("page.playing && page.iteration > 0")
    assert web.text("#play") == "Pause"
    web.tab.keyboard.press("Space")
    web.until("!page.playing")
    web.tab.focus("#speed")
    web.tab.keyboard.press("Home")
    assert web.text("#speed-text") == "1 iteration per second"
    web.tab.focus("#s-activation")
    web.tab.keyboard.press("ArrowDown")
    web.until("page.current.config.activation === 'tanh'")
    web.tab.locator("#presets a").nth(2).focus()
    web.tab.keyboard.press("Enter")
    web.until("page.current.config.weight_init_std === 1 && page.playing")
    assert web.get("document.activeElement.closest('#presets') !== null"), "the focus stays on the preset"


@pytest.mark.parametrize(("width", "locale"), [(390, "en-US"), (360, "ko-KR")])
def test_a_narrow_screen_never_scrolls_sideways(open_page, width, locale):
    web = open_page("gradient=both", width=width, height=780, locale=locale)
    web.click("#step")
    web.until("page.detail !== null")
    web.get("location.hash = '#gradient=both&batch_size=10&activation=relu&sampling=shuffle&seed=12345678901234&hidden=30'")
    web.until("page.earlier.length === 1 && page.ready")
    web.click("#step")
    web.until("page.iteration === 1")
    web.choose(("a-very-long-name-of-a-file-that-" + "goes-on-" * 12 + ".txt", b""))
    web.until("page.notice !== null")
    assert web.get("document.documentElement.scrollWidth") <= width
    web.click("#language")
    assert web.get("document.documentElement.scrollWidth") <= width


def test_both_themes_have_their_colours(open_page):
    grounds = {}
    for theme in ("light", "dark"):
        web = open_page(ready=False, color_scheme=theme)
        style = "getComputedStyle(document.body)"
        grounds[theme] = web.get(f"[{style}.backgroundColor, {style}.color]")
        # text against its ground: at least 7 to 1
        ratio = web.get(
            f"""((colours) => {{
              const light = colours.map((colour) => colour.match(/\\d+/g).slice(0, 3).map((v) => (v / 255) ** 2.2))
                .map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b);
              return (Math.max(...light) + 0.05) / (Math.min(...light) + 0.05);
            }})([{style}.backgroundColor, {style}.color])"""
        )
        assert ratio > 7, theme
    assert grounds["light"][0] != grounds["dark"][0]


def test_the_page_runs_from_a_web_server_and_asks_it_for_nothing_else(open_page, web_page, served):
    url, asked = served(web_page)
    web = open_page("gradient=backprop", url=url)
    web.play()
    web.until("page.iteration > 0")
    web.pause()
    web.saved("#save-npz")
    assert asked == [f"/{web_page.name}"]


def test_a_browser_that_cannot_run_the_program_is_told_what_it_needs(open_page, web_page, tmp_path):
    page = web_page.read_text(encoding="utf-8")
    damaged = tmp_path / "page.html"
    text, count = re.subn(r'(<script type="text/plain" id="wasm">)[^<]{2000}', r"\1" + "A" * 2000, page)
    assert count == 1
    damaged.write_text(text, encoding="utf-8")
    web = open_page(url=damaged.as_uri(), ready=False)
    web.until("page.notice !== null")
    assert web.notice.startswith("This browser cannot run the program inside this page. It needs WebAssembly with SIMD")
    web.click("#language")
    assert web.notice.startswith("이 브라우저는 페이지 안의 프로그램을 실행할 수 없습니다.")
    assert web.tab.locator("#play").is_disabled()
    time.sleep(0.5)
    assert not web.get("page.ready")


def test_the_file_names_no_address_and_no_folder_of_the_machine_that_built_it(web_page):
    content = web_page.read_bytes()
    assert len(content) < 1_500_000
    page = content.decode()
    assert not re.search(r"https?:", page)
    assert not re.search(r"(src|href|action)\s*=\s*[\"']?//", page)

    program = gzip.decompress(base64.b64decode(re.search(r'id="wasm">([^<]+)<', page).group(1)))
    for text in (content, program):
        for folder in (b"/root", b"/home", b"/Users", str(web_page.parent).encode()):
            assert folder not in text, folder
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)
    assert policy.startswith("default-src 'none';") and "unsafe-inline" not in policy and "connect-src" not in policy
