"""What the page says about a wrong file on the Korean page: Korean alone, and English after the button."""

import re

import numpy as np
import pytest

import made

#: Three English words that follow each other: a sentence, or a part of one.
ENGLISH = re.compile(r"\b[A-Za-z]{2,} [A-Za-z]+ [A-Za-z]{2,}\b")

MISSING = made.net(hidden=3)
del MISSING["b2"]

#: Wrong files, and a part of what is said about each in Korean and in English.
WRONG = {
    "holiday.txt": (b"sun", "MNIST의 파일이 아닙니다", "holiday.txt is not a file of MNIST"),
    "train-labels-idx1-ubyte": (
        made.idx(np.zeros(30))[:20],
        "값이 30바이트 있어야 하는데 12바이트뿐입니다",
        "12 bytes of values from byte 8 on, expected 30",
    ),
    "t10k-images-idx3-ubyte": (b"<!DOCTYPE html>", "웹 페이지로 보입니다", "it looks like a web page"),
    "b2.npz": (made.npz(**MISSING), "파일에 b2이(가) 없습니다", "the file holds no b2, but"),
    "letters.npz": (made.npz(**made.net(hidden=3, classes=26)), "클래스가 26개", "to 26 classes"),
    "large.npz": (made.npz(**made.net(hidden=1001)), "1부터 1000까지여야 하는데 1001입니다", "hidden is 1001, expected 1 to 1000"),
    "blank.png": (made.png_of_one(1), "그림에서 숫자를 찾지 못했습니다", "nothing stands out from the paper"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_refused_in_korean_and_in_english_after_the_button(open_page, name):
    content, korean, english = WRONG[name]
    web = open_page("gradient=backprop&hidden=5", locale="ko-KR", width=390)
    web.choose((name, content))
    web.until("page.notice !== null")
    assert korean in web.notice
    assert not ENGLISH.search(web.notice), web.notice
    assert web.get("document.documentElement.scrollWidth") <= 390
    said = web.notice
    web.click("#language")
    assert english in web.notice and not re.search("[가-힣]", web.notice), web.notice
    web.click("#language")
    assert web.notice == said


def test_what_is_read_under_other_names_is_said_in_korean(open_page):
    net = made.net(hidden=3)
    arrays = {"0.weight": net["W1"].T, "0.bias": net["b1"], "2.weight": net["W2"].T, "2.bias": net["b2"]}
    web = open_page("gradient=backprop", locale="ko-KR")
    web.choose(("torch.npz", made.npz(**arrays)))
    web.until("page.current.loaded === 'torch.npz'")
    assert "torch.npz을(를) 불러왔습니다" in web.notice and "784x3인 W1로 읽었습니다" in web.notice
    assert not ENGLISH.search(web.notice), web.notice
    web.click("#language")
    assert "read as W1 of 784x3, transposed" in web.notice and not re.search("[가-힣]", web.notice)


def test_a_net_that_is_not_finite_is_not_saved_and_the_page_says_why(open_page):
    web = open_page("gradient=backprop&hidden=5&activation=relu", locale="ko-KR")
    web.get("(Object.assign(page.config, { learning_rate: 1e300, weight_init_std: 1e100 }), startRun())")  # more than the form takes
    web.until("page.current.config.learning_rate === 1e300 && page.ready && !page.pending")
    web.click("#play")
    web.until("!page.playing && page.notice !== null")
    assert "번째 반복에서 멈췄습니다" in web.notice and not ENGLISH.search(web.notice), web.notice
    web.click("#save-npz")
    web.until("page.notice().startsWith('신경망을 저장하지 않았습니다.')")
    assert "유한한 수만 있어야 하는데" in web.notice and not ENGLISH.search(web.notice), web.notice
    web.click("#language")
    assert web.notice.startswith("The net was not saved.") and "expected finite numbers" in web.notice
