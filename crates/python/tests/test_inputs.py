"""x and t in every dtype, layout and shape: the same answer as plain arrays, or an error that names both sides."""

import numpy as np
import pandas as pd
import pytest
from book_oracle import BookNet, assert_gradients

import two_layer_net as tln

DTYPES = ["u1", "i1", "u2", "i4", "i8", "u8", "f2", "f4", "f8", ">f8", ">f4", ">i2", "<f8", "?", "longdouble"]


def layouts(array):
    """The same numbers in other layouts."""
    count, width = array.shape
    strided = np.zeros((2 * count, 3 * width), array.dtype)[::2, 1::3]
    strided[...] = array
    unaligned = np.frombuffer(b"\0" + array.tobytes(), array.dtype, offset=1).reshape(array.shape)
    read_only = array.copy()
    read_only.flags.writeable = False
    record = np.zeros(count, [("flag", "u1"), ("x", array.dtype, width)])
    record["x"] = array
    return {
        "Fortran": np.asfortranarray(array),
        "strided": strided,
        "backwards": array[::-1, ::-1].copy()[::-1, ::-1],
        "transposed": array.T.copy().T,
        "unaligned": unaligned,
        "read-only": read_only,
        "record": record["x"],
        "matrix": np.asarray(array).view(np.matrix) if array.dtype.kind != "b" else array,
        "list": array.tolist(),
        "tuples": tuple(map(tuple, array.tolist())),
        "rows": list(array),
    }


@pytest.mark.parametrize("dtype", DTYPES)
def test_any_dtype_and_layout_of_x(small, random, dtype):
    net, _, t = small
    x = random.randint(0, 2, (7, 5)) if dtype == "?" else random.randint(0, 9, (7, 5)) * (0.37 if "f" in dtype else 1)
    x = x.astype(dtype)
    book, exact = BookNet.like(net), x.astype(float)
    for name, other in {"plain": x, **layouts(x)}.items():
        before = np.array(other)
        np.testing.assert_allclose(net.predict(other), book.predict(exact), rtol=1e-12, err_msg=name)
        assert net.loss(other, t) == pytest.approx(book.loss(exact, t), rel=1e-12), name
        assert net.accuracy(other, t) == book.accuracy(exact, t), name
        assert_gradients(net.gradient(other, t), book.gradient(exact, t), rtol=1e-11, atol=1e-14)
        assert np.array_equal(np.array(other), before), name
    assert_gradients(net.numerical_gradient(x, t), book.numerical_gradient(exact, t), rtol=1e-6, atol=1e-9)


def test_pixels_as_bytes_and_as_fractions(random):
    """Numbers that are bytes over 255 take another path inside; the answers are the same."""
    net = tln.TwoLayerNet(5, 4, 3, 1.0, seed=0)
    pixels, t = random.randint(0, 256, (600, 5)).astype(np.uint8), random.randint(0, 3, 600)
    for x in (pixels, pixels / 255.0, pixels.astype(np.float32) / np.float32(255), np.nextafter(pixels / 255.0, 2)):
        book, exact = BookNet.like(net), x.astype(float)
        np.testing.assert_allclose(net.predict(x), book.predict(exact), rtol=1e-11)
        assert_gradients(net.gradient(x, t), book.gradient(exact, t), rtol=1e-10, atol=1e-13)
        assert_gradients(net.numerical_gradient(x, t), book.numerical_gradient(exact, t), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("count", [1, 2, 511, 512, 513, 1200])
def test_many_samples_are_one_after_the_other(random, count):
    net = tln.TwoLayerNet(5, 4, 3, 1.0, seed=0)
    x, t = random.randn(count, 5), random.randint(0, 3, count)
    book = BookNet.like(net)
    np.testing.assert_allclose(net.predict(x), book.predict(x), rtol=1e-12)
    assert net.loss(x, t) == pytest.approx(book.loss(x, t), rel=1e-12)
    assert net.accuracy(x, t) == book.accuracy(x, t)


def test_one_sample_alone(small):
    net, x, t = small
    y = net.predict(x[3])
    assert y.shape == (3,) and np.array_equal(y, net.predict(x[3:4])[0])
    one_hot = np.eye(3)[t[3]]
    for alone in (t[3], int(t[3]), float(t[3]), [t[3]], t[3:4], one_hot, [one_hot], one_hot.tolist()):
        assert net.loss(x[3], alone) == net.loss(x[3:4], t[3:4])
        assert_gradients(net.gradient(x[3], alone), net.gradient(x[3:4], t[3:4]), rtol=0, atol=0)


def test_the_answers_are_arrays_of_ones_own(small):
    net, x, t = small
    y, grads = net.predict(x), net.gradient(x, t)
    for array in (y, *grads.values()):
        assert array.dtype == np.float64 and array.flags.writeable and array.flags.c_contiguous
    y[...] = 0
    assert net.predict(x).all()
    net.params["W1"] -= 0.1 * grads["W1"]


class Wrapped:
    """What has __array__, as tensors of other libraries have."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


def test_what_converts_to_an_array(small):
    net, x, t = small
    expected = net.loss(x, t)
    assert net.loss(Wrapped(x), Wrapped(t)) == expected
    assert net.loss(pd.DataFrame(x), pd.Series(t)) == expected
    assert net.loss(pd.DataFrame(x).T.T, pd.get_dummies(pd.Categorical(t, categories=range(3)))) == expected
    assert net.loss(memoryview(x), memoryview(t)) == expected


def test_every_way_to_write_labels(small, random):
    net, x, t = small
    expected = net.loss(x, t)
    scores = random.rand(7, 3) - 0.5
    scores[np.arange(7), t] = 2.0
    ways = [t.astype(dtype) for dtype in DTYPES if dtype != "?"]
    ways += [np.eye(3, dtype=dtype)[t] for dtype in DTYPES]
    ways += [t.reshape(7, 1), t.tolist(), t.reshape(7, 1).tolist(), tuple(map(float, t)), scores, scores.tolist()]
    ways += [np.asfortranarray(scores), np.repeat(t, 2)[::2], t[::-1].copy()[::-1], scores - 100, scores * 1e300]
    for way in ways:
        assert net.loss(x, way) == expected


def test_of_equal_scores_the_first_counts(small):
    net, x, _ = small
    assert net.loss(x, np.ones((7, 3))) == net.loss(x, np.zeros(7))


def test_256_classes():
    net = tln.TwoLayerNet(3, 4, 256, seed=0)
    x, t = np.random.RandomState(0).randn(300, 3), np.arange(300) % 256
    assert net.loss(x, t) == pytest.approx(BookNet.like(net).loss(x, t), rel=1e-12)
    assert net.loss(x, np.eye(256)[t]) == net.loss(x, t)
    with pytest.raises(ValueError, match=r"t\[255\] is 256, expected a label from 0 to 255"):
        net.loss(x, np.arange(1, 301))


MISFITS_OF_X = [
    (np.zeros((7, 6)), ValueError, r"\(7, 6\).*5 inputs.*\(N, 5\)"),
    (np.zeros(4), ValueError, r"\(1, 4\).*5 inputs"),
    (np.zeros((7, 1, 5)), ValueError, r"\(7, 1, 5\), expected \(N, 5\); flatten it"),
    (3.0, ValueError, r"\(\), expected \(N, 5\)"),
    ([], ValueError, r"\(1, 0\).*5 inputs"),
    ([[1.0] * 5, [1.0] * 4], ValueError, "x is no array"),
    (np.zeros((7, 5), complex), TypeError, "complex128.*real"),
    (np.full((7, 5), "a"), TypeError, "<U1.*real"),
    (np.zeros((7, 5), "M8[s]"), TypeError, "datetime64.*real"),
    (np.zeros((7, 5), object), TypeError, "object.*real"),
    (None, TypeError, "object.*real"),
    (pd.DataFrame({"a": [1], "b": ["x"]}), TypeError, "object.*real"),
]


@pytest.mark.parametrize(("x", "error", "says"), MISFITS_OF_X)
def test_an_x_that_does_not_fit(small, x, error, says):
    net, _, t = small
    for call in (net.predict, *(lambda x, f=f: f(x, t) for f in (net.loss, net.accuracy, net.gradient, net.numerical_gradient))):
        with pytest.raises(error, match=says):
            call(x)


MISFITS_OF_T = [
    (np.zeros(6), ValueError, r"t has shape \(6,\), expected \(7,\) labels or \(7, 3\) scores, for 7 samples and 3 classes"),
    (np.zeros((7, 2)), ValueError, r"\(7, 2\), expected \(7,\)"),
    (np.zeros((3, 7)), ValueError, r"\(3, 7\), expected \(7,\)"),
    (np.zeros((7, 3, 1)), ValueError, r"\(7, 3, 1\)"),
    ([0, 1, 2, 3, 0, 0, 0], ValueError, r"t\[3\] is 3, expected a label from 0 to 2"),
    ([0, -1, 0, 0, 0, 0, 0], ValueError, r"t\[1\] is -1"),
    ([0, 0, 0, 0, 0, 0, 256], ValueError, r"t\[6\] is 256"),
    ([0, 0.5, 0, 0, 0, 0, 0], TypeError, "fractions"),
    ([0, np.nan, 0, 0, 0, 0, 0], TypeError, "fractions"),
    ([0, np.inf, 0, 0, 0, 0, 0], ValueError, r"t\[1\] is inf"),
    (np.full((7, 3), np.nan), ValueError, "t holds nan"),
    (["0"] * 7, TypeError, "<U1.*real"),
    (None, TypeError, "object"),
    (0, ValueError, r"\(\), expected \(7,\)"),
]


@pytest.mark.parametrize(("t", "error", "says"), MISFITS_OF_T)
def test_a_t_that_does_not_fit(small, t, error, says):
    net, x, _ = small
    for call in (net.loss, net.accuracy, net.gradient, net.numerical_gradient):
        with pytest.raises(error, match=says):
            call(x, t)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", ["f8", "f4", "f2"])
def test_x_that_is_not_finite(small, value, dtype):
    net, x, t = small
    x = x.astype(dtype)
    x[4, 2] = value
    y, good = net.predict(x), np.arange(7) != 4
    np.testing.assert_allclose(y[good], net.predict(x[good]), rtol=1e-14)  # the other samples are not touched
    # NaN for this one; NumPy has the limit of the sigmoid where x is infinite
    assert np.isnan(y[4]).all() or np.allclose(y[4], BookNet.like(net).predict(x.astype(float))[4])
    assert np.isnan(net.loss(x, t)) or not np.isnan(value)
    for gradient in (net.gradient, net.numerical_gradient):
        with pytest.raises(ValueError, match=rf"x\[4, 2\] is {str(value).replace('nan', 'NaN')}"):
            gradient(x, t)


def test_no_samples(small):
    net, _, _ = small
    empty = np.zeros((0, 5))
    assert net.predict(empty).shape == (0, 3)
    for t in (np.zeros(0), np.zeros((0, 3)), [], np.zeros((0, 1), int)):
        for call in (net.loss, net.accuracy, net.gradient, net.numerical_gradient):
            with pytest.raises(ValueError, match="no labels|no samples"):
                call(empty, t)
