"""mnist_image(), predict_image() and report()."""

import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

import two_layer_net as tln
from two_layer_net import mnist_image


def one(size=40):
    """A black bar on white paper."""
    picture = np.full((size, size), 255, np.uint8)
    picture[8:32, 19:22] = 0
    return picture


def encoded(image, kind):
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def test_a_picture_as_array_file_and_bytes(tmp_path):
    expected = mnist_image(one())
    assert expected.shape == (28, 28) and expected.dtype == np.uint8 and expected.max() > 200
    rows, columns = np.nonzero(expected > 100)
    assert (rows.min(), rows.max()) == (4, 23) and abs(columns.mean() - 13.5) <= 1  # 20 pixels high, in the middle
    (tmp_path / "one.png").write_bytes(encoded(Image.fromarray(one()), "PNG"))
    ways = [str(tmp_path / "one.png"), tmp_path / "one.png", (tmp_path / "one.png").read_bytes()]
    ways += [bytearray(ways[2]), memoryview(ways[2]), encoded(Image.fromarray(one()), "PPM"), Image.fromarray(one())]
    ways += [one().tolist(), one().astype(int), one() / 255.0, (one() / 255).astype(np.float32), one() > 128, one()[..., None]]
    ways += [np.asfortranarray(one()), np.repeat(one(), 2, axis=0)[::2], one().astype(">u2")]
    for way in ways:
        assert np.array_equal(mnist_image(way), expected)


def test_jpeg():
    difference = mnist_image(encoded(Image.fromarray(one()), "JPEG")).astype(int) - mnist_image(one())
    assert np.abs(difference).max() < 40


def test_white_on_black_is_the_same_digit():
    assert np.array_equal(mnist_image(255 - one()), mnist_image(one()))


def test_colours_and_transparency():
    grey = one()
    rgb = np.repeat(grey[..., None], 3, axis=2)
    expected = mnist_image(grey)
    assert np.array_equal(mnist_image(rgb), expected)
    assert np.array_equal(mnist_image(Image.fromarray(rgb)), expected)
    assert np.array_equal(mnist_image(rgb / 255.0), expected)
    # ink that is black, on paper that is transparent, whatever its colour
    rgba = np.zeros((40, 40, 4), np.uint8)
    rgba[..., 3] = 255 - grey
    rgba[..., 0] = np.where(grey > 0, 90, 0)
    assert np.array_equal(mnist_image(rgba), expected)
    assert np.array_equal(mnist_image(Image.fromarray(rgba)), mnist_image(encoded(Image.fromarray(rgba), "PNG")))
    # blue is darker than green
    colours = np.full((40, 40, 3), 255, np.uint8)
    colours[8:32, 12:15] = [0, 0, 255]
    colours[8:32, 25:28] = [0, 255, 0]
    seen = mnist_image(colours)
    assert seen[:, :14].max() > seen[:, 14:].max()


@pytest.mark.parametrize(
    ("picture", "error", "says"),
    [
        (np.full((40, 40), 255), ValueError, "nothing stands out"),
        (np.zeros((0, 0)), ValueError, "nothing stands out"),
        (np.zeros(784), ValueError, r"picture has shape \(784,\), expected rows x columns"),
        (np.zeros((9, 9, 2)), ValueError, r"\(9, 9, 2\)"),
        (np.zeros((2, 9, 9, 3)), ValueError, r"\(2, 9, 9, 3\)"),
        (one() * 1.0, ValueError, "floats beyond 0 to 1"),
        (np.full((9, 9), np.nan), ValueError, "floats beyond 0 to 1"),
        (one().astype(int) + 1, ValueError, "from 1 to 256, expected 0 to 255"),
        (one().astype(int) - 1, ValueError, "from -1 to 254, expected 0 to 255"),
        (np.array([["a"]]), TypeError, "real numbers"),
        (None, TypeError, "object"),
        (b"", ValueError, "holds no pixels"),
        (b"GIF89a" + b"\0" * 40, ValueError, "begins like a GIF file"),
        (b"II*\0" + b"\0" * 40, ValueError, "save it as PNG"),
        (encoded(Image.fromarray(one()), "PNG")[:60], ValueError, "picture|PNG"),
        ("none.png", FileNotFoundError, "none.png"),
    ],
)
def test_what_is_no_picture(picture, error, says):
    with pytest.raises(error, match=says):
        mnist_image(picture)


def test_a_picture_that_is_too_large():
    header = b"P5 100000 100000 255\n"
    with pytest.raises(ValueError):
        mnist_image(header + b"\0" * 100)


def test_which_digit_it_is(digits, tmp_path):
    (x, t), _ = digits
    net = tln.TwoLayerNet(784, 30, 10, seed=0)
    tln.train(net, x, t, iterations=3000, gradient="backprop", learning_rate=0.5, seed=0, progress=False, evaluate=None)
    found = net.predict_image(one())
    assert isinstance(found, tln.ImagePrediction) and type(found.digit) is int and type(found.probability) is float
    expected = net.predict(mnist_image(one()).reshape(-1) / 255.0)
    assert np.array_equal(found.probabilities, expected) and found.probability == expected.max() == expected[found.digit]
    digit, probability, probabilities = found
    assert (digit, probability) == (found.digit, found.probability) and probabilities.shape == (10,)
    right = sum(net.predict_image(1 - x[i].reshape(28, 28)).digit == t[i] for i in range(50))
    assert right > 40
    with pytest.raises(ValueError, match="10 inputs"):
        tln.TwoLayerNet(10, 2, 2, seed=0).predict_image(one())


class Page(HTMLParser):
    """Every attribute of every tag."""

    def __init__(self):
        super().__init__()
        self.attributes, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]


def test_the_report_is_one_file_without_outside_addresses(digits, tmp_path):
    (x, t), (x_test, t_test) = digits
    net = tln.TwoLayerNet(784, 12, 10, seed=0)
    history = tln.train(net, x[:500], t[:500], x_test[:50], t_test[:50], iterations=10, seed=0, progress=False)
    path = tln.report(net, history, x_test[:50], t_test[:50], tmp_path / "page.html")
    assert path == tmp_path / "page.html" and [file.name for file in tmp_path.iterdir()] == ["page.html"]
    text = path.read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    for tag, name, value in page.attributes:
        if name in ("src", "href", "action", "data", "poster", "srcset") and value:
            assert tag == "a" or value.startswith(("#", "data:")), (tag, name, value[:80])
    assert not re.search(r"@import|url\(\s*['\"]?http|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", text)
    assert {"html", "canvas", "svg"} <= set(page.tags)
    assert "784-12-10" in text and "sigmoid" in text


def test_reports_of_any_pixels_and_without_history(digits, tmp_path, monkeypatch):
    (_, _), (x, t) = digits
    net = tln.TwoLayerNet(784, 5, 10, seed=0)
    monkeypatch.chdir(tmp_path)
    pages = []
    for pixels in (x[:30], np.rint(x[:30] * 255).astype(np.uint8), x[:30].astype(np.float32)):
        assert str(tln.report(net, None, pixels, np.eye(10)[t[:30]])) == "report.html"
        pages.append((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert pages == [pages[0]] * 3
    odd = tln.TwoLayerNet(5, 4, 3, seed=0)
    tln.report(odd, None, np.random.RandomState(0).rand(8, 5), np.arange(8) % 3, "odd.html")
    history = tln.train(odd, np.eye(5), [0, 1, 2, 0, 1], batch_size=2, iterations=9, progress=False)
    tln.report(odd, history, np.eye(5), [0, 1, 2, 0, 1], "odd.html")


def test_what_is_no_report(small, tmp_path):
    net, x, t = small
    with pytest.raises(ValueError, match="x_test holds numbers beyond 0 to 1"):
        tln.report(net, None, x, t, tmp_path / "a.html")
    with pytest.raises(ValueError, match=r"x_test has shape \(7, 4\)"):
        tln.report(net, None, np.zeros((7, 4)), t, tmp_path / "a.html")
    with pytest.raises(ValueError, match=r"t_test has shape \(2,\)"):
        tln.report(net, None, np.zeros((7, 5)), t[:2], tmp_path / "a.html")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        tln.report(net, None, np.zeros((7, 5)), t, tmp_path / "none/a.html")
    with pytest.raises(ValueError, match="x_test has no samples"):
        tln.report(net, None, np.zeros((0, 5)), [], tmp_path / "a.html")
    net.params["b1"][0] = np.nan
    with pytest.raises(ValueError, match=r"params\['b1'\] holds numbers that are not finite"):
        tln.report(net, None, np.zeros((7, 5)), t, tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []
