"""Odd arrays, drawn by hypothesis: the oracle's answer, or a ValueError or TypeError; no other exception, never a panic."""

import numpy as np
import pytest
from book_oracle import BookNet
from conftest import small_case
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import two_layer_net as tln
from two_layer_net import finite_difference as fd

INPUTS, CLASSES = 5, 3
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

real = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
)
odd = st.one_of(
    hnp.complex_number_dtypes(),
    hnp.datetime64_dtypes(),
    hnp.timedelta64_dtypes(),
    hnp.unicode_string_dtypes(max_len=3),
    hnp.byte_string_dtypes(max_len=3),
    hnp.array_dtypes(max_size=2),
    st.just(np.dtype(object)),
)
shapes = st.one_of(
    st.tuples(st.integers(0, 6), st.just(INPUTS)),
    st.tuples(st.integers(0, 6), st.just(CLASSES)),
    st.integers(0, 6).map(lambda n: (n,)),
    st.integers(0, 6).map(lambda n: (n, 1)),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=6),
)


@st.composite
def laid_out(draw, array):
    """The same numbers in a layout of memory that is drawn."""
    if array.dtype.hasobject or array.ndim == 0:
        return array
    order = draw(st.permutations(range(array.ndim)))
    array = array.transpose(order).copy().transpose(np.argsort(order))
    steps = tuple(slice(None, None, draw(st.sampled_from([1, -1]))) for _ in array.shape)
    array = array[steps].copy()[steps]
    spread = draw(st.lists(st.integers(1, 3), min_size=array.ndim, max_size=array.ndim))
    holes = np.zeros(tuple(n * k for n, k in zip(array.shape, spread)), array.dtype)
    view = holes[tuple(slice(None, None, k) for k in spread)]
    view[...] = array
    if draw(st.booleans()):
        view = np.frombuffer(b"\0" + view.tobytes(), view.dtype, offset=1).reshape(view.shape) if view.size else view
    return view


@st.composite
def arrays(draw, dtypes=st.one_of(real, real, real, odd)):
    array = draw(hnp.arrays(draw(dtypes), draw(shapes)))
    return draw(laid_out(array))


@st.composite
def fitting(draw):
    """x and t that fit, of ordinary numbers."""
    count = draw(st.integers(1, 6))
    dtype = draw(real)
    whole = {"elements": st.integers(0, 1 if dtype.kind == "b" else 100)} if dtype.kind in "bui" else {}
    if dtype.kind == "f":
        whole = {"elements": st.floats(-8, 8, width=16)}
    x = draw(hnp.arrays(dtype, (count, INPUTS), **whole))
    labels = draw(hnp.arrays(np.int64, count, elements=st.integers(0, CLASSES - 1)))
    kind = draw(st.sampled_from(["labels", "column", "one-hot", "scores"]))
    other = draw(real.filter(lambda dtype: dtype.kind != "b"))
    if kind == "labels":
        t = labels.astype(other)
    elif kind == "column":
        t = labels.astype(other).reshape(-1, 1)
    elif kind == "one-hot":
        t = np.eye(CLASSES)[labels].astype(draw(real))
    else:
        t = draw(hnp.arrays(np.float64, (count, CLASSES), elements=st.floats(0, 0.5)))
        t[np.arange(count), labels] = 1
    return draw(laid_out(x)), draw(laid_out(t)), labels


def outcome(call):
    """What it returns, or None where it raises one of the two errors; everything else passes, a panic of Rust too."""
    try:
        return call()
    except (ValueError, TypeError) as error:
        assert str(error)
        return None


def test_a_panic_would_be_seen():
    """It derives from BaseException, and so passes `outcome`, `except Exception`, and pytest's own `raises(Exception)`."""
    panic = [kind for kind in BaseException.__subclasses__() if kind.__name__ == "PanicException"]
    assert all(not issubclass(kind, Exception) for kind in panic)

    class PanicException(BaseException):
        pass

    def panics():
        raise PanicException

    with pytest.raises(PanicException):
        outcome(panics)


@QUICK
@given(fitting(), st.sampled_from(["sigmoid", "relu", "tanh"]))
def test_what_fits_gets_the_oracles_answer(case, activation):
    x, t, labels = case
    net, _, _ = small_case(activation)
    book, exact = BookNet.like(net), x.astype(float)
    with np.errstate(divide="ignore"):  # the oracle's log of 0
        y, loss, gradient = book.predict(exact), book.loss(exact, labels), book.gradient(exact, labels)
    np.testing.assert_allclose(net.predict(x), y, rtol=1e-9, atol=1e-300)
    if np.isfinite(loss):
        assert net.loss(x, t) == pytest.approx(loss, rel=1e-9, abs=1e-12)
    for name, found in net.gradient(x, t).items():
        np.testing.assert_allclose(found, gradient[name], rtol=1e-9, atol=1e-9)
    definition = net.numerical_gradient(x, t)
    assert all(np.isfinite(slopes).all() for slopes in definition.values())


@QUICK
@given(arrays(), arrays())
def test_any_x_and_t_get_an_answer_or_an_error(x, t):
    net, _, _ = small_case("sigmoid")
    y = outcome(lambda: net.predict(x))
    assert y is None or y.shape in ((CLASSES,), (len(x), CLASSES))
    for call in (net.loss, net.accuracy, net.gradient, net.numerical_gradient):
        outcome(lambda call=call: call(x, t))


@QUICK
@given(arrays(), st.sampled_from(["W1", "b1", "W2", "b2"]))
def test_any_parameter_gets_an_answer_or_an_error(value, name):
    net, x, t = small_case("tanh")
    net.params[name] = value
    for call in (net.predict, lambda x: net.loss(x, t), lambda x: net.gradient(x, t), lambda _: repr(net), net.__eq__):
        outcome(lambda call=call: call(x))
    outcome(lambda: tln.train(net, x, t, iterations=2, batch_size=3, seed=0, progress=False))


@QUICK
@given(arrays(), arrays())
def test_any_data_for_training(x, t):
    net, x_good, t_good = small_case("relu")
    for data in ((x, t), (x, t_good), (x_good, t), (x_good, t_good, x, t), (x_good, t_good, x, t_good[: np.shape(x)[0] if np.ndim(x) else 0])):
        try:
            outcome(lambda data=data: tln.train(net, *data, iterations=2, batch_size=1, seed=0, progress=False))
        except ArithmeticError:  # large numbers diverge
            net = small_case("relu")[0]


@QUICK
@given(arrays())
def test_any_picture(picture):
    pixels = outcome(lambda: tln.mnist_image(picture))
    assert pixels is None or (pixels.shape == (28, 28) and pixels.dtype == np.uint8)


@QUICK
@given(arrays(real))
def test_any_point_of_a_function(x):
    calls = (
        lambda: fd.gradient(lambda x: float(np.sum(x)), x),
        lambda: fd.jacobian(lambda x: x, x),
        lambda: tln.gradient_check(lambda x: float(np.sum(x)), x, lambda x: np.ones(np.shape(x)), h=1e-3),
    )
    with np.errstate(all="ignore"):
        shapes = [np.shape(x), np.shape(x) * 2]
        for call, shape in zip(calls, [*shapes, None]):
            found = outcome(call)
            assert found is None or shape is None or found.shape == shape


@QUICK
@given(st.floats(), st.floats(), st.integers(), st.integers(), st.integers(), st.floats())
def test_any_option(h, rate, seed, batch_size, evaluate, tolerance):
    net, x, t = small_case("sigmoid")
    outcome(lambda: net.numerical_gradient(x, t, h))
    options = {"iterations": 2, "h": h, "learning_rate": rate, "seed": seed, "progress": False}
    try:
        outcome(lambda: tln.train(net, x, t, batch_size=batch_size, evaluate=evaluate, **options))
    except ArithmeticError:
        net = small_case("sigmoid")[0]
    outcome(lambda: tln.TwoLayerNet(2, 2, 2, rate, seed=seed))
    check = {"seed": seed, "batch_size": batch_size, "sample": evaluate, "absolute": tolerance, "relative": rate, "h": h}
    outcome(lambda: tln.gradient_check(net, x, t, **check))
