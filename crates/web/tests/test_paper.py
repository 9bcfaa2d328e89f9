"""The paper: digits drawn by mouse and keyboard, and pictures that are opened, dropped or pasted."""

import base64

from made import png_of_one
from opened import GIVE

ONE = [(0.5, 0.15), (0.5, 0.85)]
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.45, 0.85)]


def ink(web):
    """How much ink is in the image that the net gets."""
    return web.get(
        """(() => {
          const copy = Object.assign(document.createElement("canvas"), { width: 28, height: 28 }).getContext("2d");
          copy.drawImage(document.getElementById("seen"), 0, 0);
          return copy.getImageData(0, 0, 28, 28).data.reduce((sum, value, k) => sum + (k % 4 === 0 ? value : 0), 0);
        })()"""
    )


def answer_of(web):
    return web.get("page.answer && page.answer.indexOf(Math.max(...page.answer))")


def test_an_untrained_net_is_not_sure_of_what_is_drawn(web):
    web.click("#clear")
    web.until("page.answer === null")
    assert web.text("#answer") == "Draw something."
    web.stroke(SEVEN)
    web.until("page.answer !== null")
    assert web.text("#answer").startswith("Not sure: perhaps")
    assert len(web.get("page.answer")) == 10 and abs(sum(web.get("page.answer")) - 1) < 1e-9


def test_a_trained_net_reads_a_drawn_1_and_a_drawn_7(web, good_net):
    web.choose(str(good_net))
    web.until("page.current.loaded !== null")
    for digit, points in ((1, ONE), (7, SEVEN)):
        web.click("#clear")
        web.until("page.answer === null")
        web.stroke(points)
        web.until(f"page.answer?.indexOf(Math.max(...page.answer)) === {digit}")
        assert web.text("#answer").startswith(f"This is a {digit} (")
        assert web.tab.locator("#bars li.most").inner_text().startswith(str(digit))


def test_the_answer_to_a_drawing_changes_while_the_net_learns(open_page):
    web = open_page("gradient=backprop&learning_rate=1")
    web.click("#clear")
    web.until("page.answer === null")
    web.speed(2)
    web.play()
    web.stroke(ONE)
    web.until("page.answer !== null")
    first = web.get("page.answer")
    web.speed(7)
    web.until("page.answer[1] > 0.8")
    assert first[1] < 0.8
    assert web.get("page.playing"), "it was never paused"


def test_a_digit_is_drawn_by_keyboard_and_escape_clears(web):
    web.click("#clear")
    web.until("page.answer === null")
    web.tab.focus("#paper")
    web.tab.keyboard.press("ArrowUp")
    assert web.get("page.answer") is None and ink(web) == 0, "the pen is up"
    web.tab.keyboard.press("Space")
    for _ in range(8):
        web.tab.keyboard.press("ArrowDown")
    web.until("page.answer !== null")
    assert ink(web) > 5000
    web.tab.keyboard.press("Escape")
    web.until("page.answer === null")
    assert ink(web) == 0


def test_clear_empties_the_paper_and_a_test_image_tells_its_label(web):
    web.until("page.testImage !== null && page.answer !== null")
    assert web.text("#answer").startswith("Test image 0, labelled ")
    assert ink(web) > 0
    web.click("#test-image")
    web.until("page.testImage?.index === 1")
    web.click("#clear")
    web.until("page.answer === null && page.testImage === null")
    assert ink(web) == 0


def test_two_digits_side_by_side_are_noticed(web):
    web.click("#clear")
    web.stroke([(0.25, 0.2), (0.25, 0.8)])
    web.stroke([(0.75, 0.2), (0.75, 0.8)])
    web.until("page.several")
    assert "There seem to be several digits" in web.text("#answer")


def test_a_picture_is_read_however_it_comes(web, good_net):
    web.choose(str(good_net))
    web.until("page.current.loaded !== null")
    one = png_of_one()
    text = base64.b64encode(one).decode()
    ways = {
        "chosen": lambda: web.choose(("one.png", one)),
        "dropped": lambda: web.tab.evaluate(GIVE, ["drop", [["one.png", "image/png", text]]]),
        "pasted": lambda: web.tab.evaluate(GIVE, ["paste", [["image.png", "image/png", text]]]),
    }
    for name, give in ways.items():
        web.click("#clear")
        web.until("page.answer === null")
        give()
        web.until("page.answer !== null")
        assert answer_of(web) == 1, name
        assert web.text("#answer").startswith("This is a 1 ("), name
        assert ink(web) > 0
    assert web.get("page.current.loaded") == "good.npz", "a picture leaves the run alone"
