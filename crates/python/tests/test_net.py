"""TwoLayerNet beside the book's class in NumPy: the same start, predictions, losses and gradients."""

import copy
import pickle
import sys
import threading
import time

import numpy as np
import pytest
from book_oracle import NAMES, BookNet, assert_gradients
from conftest import small_case

import two_layer_net as tln

ACTIVATIONS = ("sigmoid", "relu", "tanh")


def test_the_start_is_the_books_after_np_random_seed():
    np.random.seed(0)
    book = BookNet(6, 4, 3)
    after = np.random.rand()
    np.random.seed(0)
    net = tln.TwoLayerNet(6, 4, 3)
    assert np.random.rand() == after  # no number more was drawn
    assert list(net.params) == list(NAMES)
    for name in NAMES:
        assert np.array_equal(net.params[name], book.params[name]) and net.params[name].dtype == np.float64


def test_weight_init_std_scales_the_start_by_any_seed():
    for seed in (None, 7):
        np.random.seed(1)
        one = tln.TwoLayerNet(6, 4, 3, 1.0, seed=seed)
        np.random.seed(1)
        half = tln.TwoLayerNet(6, 4, 3, weight_init_std=0.5, seed=seed)
        np.testing.assert_allclose(half.params["W1"], 0.5 * one.params["W1"], rtol=1e-15)
        assert not half.params["b1"].any() and not half.params["b2"].any()


def test_seed_decides_the_start_and_leaves_numpy_alone():
    before = np.random.get_state()[1].copy()
    nets = [tln.TwoLayerNet(784, 50, 10, seed=seed) for seed in (3, 3, 4, np.uint64(2**64 - 1))]
    assert np.array_equal(np.random.get_state()[1], before)
    assert nets[0] == nets[1] != nets[2] and nets[3] != nets[2]
    weights = nets[0].params["W1"]
    assert abs(weights.mean()) < 5e-4 and abs(weights.std() - 0.01) < 5e-4


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_predictions_and_losses_are_the_oracles(activation):
    net, x, t = small_case(activation)
    book = BookNet.like(net)
    np.testing.assert_allclose(net.predict(x), book.predict(x), rtol=1e-13)
    assert net.loss(x, t) == pytest.approx(book.loss(x, t), rel=1e-13)
    assert net.accuracy(x, t) == book.accuracy(x, t)
    # the book's 1e-7 makes its loss smaller by 1e-7 / p
    most = (1e-7 / book.predict(x)[np.arange(len(t)), t]).mean()
    assert 0 < net.loss(x, t) - BookNet.like(net, inside=1e-7).loss(x, t) < most
    assert type(net.loss(x, t)) is float and type(net.accuracy(x, t)) is float


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_three_gradients_agree(activation):
    net, x, t = small_case(activation)
    book = BookNet.like(net)
    definition = book.numerical_gradient(x, t)
    assert_gradients(net.numerical_gradient(x, t), definition)
    assert_gradients(net.gradient(x, t), book.gradient(x, t), rtol=1e-12, atol=1e-15)
    assert_gradients(net.gradient(x, t), definition, rtol=1e-5, atol=1e-7)
    for name in NAMES:
        assert np.array_equal(net.params[name], book.params[name])  # nothing moved


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("h", [1e-2, 0.3, 1.0, 25.0])
def test_any_h_gives_the_central_difference_and_no_derivative(activation, h):
    net, x, t = small_case(activation)
    expected = BookNet.like(net).numerical_gradient(x, t, h)
    assert_gradients(net.numerical_gradient(x, t, h), expected, rtol=1e-9, atol=1e-12)
    assert_gradients(net.numerical_gradient(x, t, h=np.float32(h)), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("h", [1e300, 1e-300, 5e-324])
def test_an_h_beyond_all_reason_gives_numbers(h):
    net, x, t = small_case("relu")
    assert all(np.isfinite(slopes).all() for slopes in net.numerical_gradient(x, t, h).values())


@pytest.mark.parametrize("h", [0, -1e-4, float("nan"), float("inf"), "x", None, [1e-4, 1e-4], 1j])
def test_an_h_that_is_no_step_is_refused(small, h):
    net, x, t = small
    with pytest.raises((ValueError, TypeError)):
        net.numerical_gradient(x, t, h)


def test_the_books_own_sizes(digits):
    (x, t), _ = digits
    net = tln.TwoLayerNet(784, 50, 10, seed=0)
    x, t = x[:100], t[:100]
    numerical, exact = net.numerical_gradient(x, t), net.gradient(x, t)
    assert [numerical[name].shape for name in NAMES] == [(784, 50), (50,), (50, 10), (10,)]
    assert_gradients(numerical, exact, rtol=1e-5, atol=1e-9)
    # some of them by the definition
    book = BookNet.like(net)
    for name, at in (("W1", (406, 7)), ("b1", (3,)), ("W2", (49, 9)), ("b2", (0,))):
        array, h = book.params[name], 1e-4
        value = array[at]
        array[at] = value + h
        above = book.loss(x, t)
        array[at] = value - h
        slope = (above - book.loss(x, t)) / (2 * h)
        array[at] = value
        assert numerical[name][at] == pytest.approx(slope, rel=1e-6, abs=1e-10)


def test_params_are_the_readers_to_change():
    net, x, t = small_case("tanh")
    for change in (
        lambda p: p["W1"].__imul__(0.5),
        lambda p: p["b2"].__setitem__(0, 3.0),
        lambda p: p.update(W2=np.ones((4, 3))),
        lambda p: p.update(b1=[0.1, 0.2, 0.3, 0.4]),
        lambda p: p.update(W1=np.arange(20).reshape(5, 4).tolist()),
        lambda p: p.update(W1=np.asfortranarray(np.random.RandomState(1).randn(5, 4)).astype(">f4")),
        lambda p: p.update(b1=np.ones((1, 4)), b2=np.array([[True, False, True]])),
        lambda p: p.update(W2=np.random.RandomState(1).randn(6, 8)[:4, ::-3]),
        lambda p: p.update(W1=np.random.RandomState(2).randn(9, 6), b1=np.ones(6), W2=np.ones((6, 2)), b2=np.zeros(2)),
    ):
        change(net.params)
        book = BookNet.like(net)
        x = x[:, :1].repeat(len(net.params["W1"]), axis=1)
        t = t % len(np.ravel(net.params["b2"]))
        np.testing.assert_allclose(net.predict(x), book.predict(x), rtol=1e-12, atol=1e-300)
        assert net.loss(x, t) == pytest.approx(book.loss(x, t), rel=1e-12)
    for name in NAMES:
        net.params[name] = net.params[name] - 0.1 * net.gradient(x, t)[name]
    assert type(net.params) is dict
    assert net.loss(x, t) < book.loss(x, t)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("W1", np.zeros((5, 6)), [r"params\['b1'\]", r"\(4,\)", r"\(5, 6\)"]),
        ("W2", np.zeros((3, 3)), [r"params\['W2'\]", r"\(3, 3\)", r"\(5, 4\)"]),
        ("b2", np.zeros(2), [r"params\['b2'\]", r"\(2,\)", r"\(4, 3\)"]),
        ("b1", np.zeros((2, 2)), [r"params\['b1'\]", r"\(2, 2\)", "1 dimension"]),
        ("W1", 5.0, [r"params\['W1'\]", r"\(\)", "2 dimensions"]),
        ("W1", np.zeros((5, 4), complex), [r"params\['W1'\]", "complex128", "real"]),
        ("W1", [[1.0], [2.0, 3.0]], [r"params\['W1'\]", "no array"]),
        ("W1", None, [r"params\['W1'\]", "object"]),
    ],
)
def test_params_that_do_not_fit_are_named(small, name, value, says):
    net, x, t = small
    net.params[name] = value
    for call in (net.predict, lambda x: net.loss(x, t), lambda x: net.numerical_gradient(x, t), lambda _: repr(net)):
        for text in says:
            with pytest.raises((ValueError, TypeError), match=text):
                call(x)


def test_a_missing_parameter_is_named(small):
    net, x, _ = small
    del net.params["b1"]
    with pytest.raises(ValueError, match="'b1'.*'W1', 'W2', 'b2'"):
        net.predict(x)


@pytest.mark.parametrize("shapes", [((0, 4), 4, (4, 3), 3), ((5, 0), 0, (0, 3), 3), ((5, 4), 4, (4, 0), 0)])
def test_a_net_of_nothing_is_refused(small, shapes):
    net, _, _ = small
    net.params.update(zip(NAMES, map(np.zeros, shapes)))
    with pytest.raises(ValueError):
        net.predict(np.zeros((7, shapes[0][0])))


def test_params_that_are_not_finite(small):
    net, x, t = small
    net.params["W1"][2, 1] = np.nan
    assert np.isnan(net.predict(x)).all() and np.isnan(net.loss(x, t))  # as NumPy answers
    for gradient in (net.gradient, net.numerical_gradient):
        with pytest.raises(ValueError, match=r"params\['W1'\].*NaN"):
            gradient(x, t)


@pytest.mark.parametrize(
    ("sizes", "error", "says"),
    [
        ((0, 4, 3), ValueError, "input_size is 0"),
        ((5, -1, 3), ValueError, "hidden_size is -1"),
        ((5, 4, 257), ValueError, "output_size is 257.*256"),
        ((5, 4.0, 3), TypeError, "hidden_size is 4.0"),
        (("5", 4, 3), TypeError, "input_size is '5'"),
        ((5, 4, None), TypeError, "output_size is None"),
    ],
)
def test_sizes_that_are_none(sizes, error, says):
    for seed in (None, 0):
        with pytest.raises(error, match=says):
            tln.TwoLayerNet(*sizes, seed=seed)


def test_sizes_beyond_memory_are_an_error_of_python():
    for sizes in ((2**70, 1, 1), (2**62, 2**62, 2), (2**40, 2**40, 2)):
        with pytest.raises((ValueError, MemoryError)):
            tln.TwoLayerNet(*sizes, seed=0)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"weight_init_std": float("nan")}, ValueError),
        ({"weight_init_std": -1}, ValueError),
        ({"weight_init_std": None}, TypeError),
        ({"activation": "Sigmoid"}, ValueError),
        ({"activation": None}, ValueError),
        ({"seed": -1}, ValueError),
        ({"seed": 2**64}, ValueError),
        ({"seed": 1.5}, TypeError),
    ],
)
def test_options_that_do_not_fit(options, error):
    with pytest.raises(error, match=next(iter(options))):
        tln.TwoLayerNet(5, 4, 3, **options)


def test_the_activation_may_be_changed_and_is_checked(small):
    net, x, _ = small
    net.activation = "relu"
    np.testing.assert_allclose(net.predict(x), BookNet.like(net).predict(x), rtol=1e-13)
    with pytest.raises(ValueError, match="'softplus', expected one of 'sigmoid', 'relu', 'tanh'"):
        net.activation = "softplus"
    assert net.activation == "relu"


def test_pickle_copy_and_deepcopy():
    net, x, _ = small_case("relu")
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(net, protocol))
        assert again == net and again.activation == "relu" and again.history is None
    deep, shallow = copy.deepcopy(net), copy.copy(net)
    assert deep == net == shallow
    net.params["W1"][0, 0] += 1
    assert shallow == net and deep != net  # as Python copies a list
    assert np.array_equal(shallow.predict(x), net.predict(x))


def test_repr_equality_and_no_hash():
    net, _, _ = small_case("tanh")
    assert repr(net) == "TwoLayerNet(5, 4, 3, activation='tanh')"
    other = copy.deepcopy(net)
    assert net == other and net != "net" and net != tln.TwoLayerNet(5, 4, 2, seed=0)
    other.activation = "relu"
    assert net != other
    other = copy.deepcopy(net)
    other.params["b2"][1] = np.nextafter(other.params["b2"][1], 9)
    assert net != other
    with pytest.raises(TypeError, match="unhashable"):
        hash(net)


def test_the_readers_subclass():
    class Mine(tln.TwoLayerNet):
        def loss(self, x, t):
            return super().loss(x, t) + 1

    net = Mine(5, 4, 3, seed=0)
    assert pickle.loads(pickle.dumps(copy.deepcopy(net.params))).keys() == net.params.keys()
    assert net.loss(np.zeros((1, 5)), [0]) > 1


def test_python_goes_on_while_rust_works():
    """With an endless switch interval, a thread gets its turn only where the compiled half lets go of the interpreter."""
    net = tln.TwoLayerNet(784, 400, 10, seed=0)
    x, t = np.random.RandomState(0).rand(64, 784), np.arange(64) % 10
    turns, ends, begun = [0], threading.Event(), threading.Event()

    def count():
        while not ends.is_set():
            turns[0] += 1
            begun.set()
            time.sleep(0)  # hands the turn back

    thread = threading.Thread(target=count, daemon=True)
    interval = sys.getswitchinterval()
    try:
        thread.start()
        begun.wait()
        sys.setswitchinterval(1e5)
        for call in (net.predict, lambda x: net.loss(x, t), lambda x: net.gradient(x, t), lambda x: net.numerical_gradient(x, t)):
            before = turns[0]
            for _ in range(200):  # the system decides when a thread runs
                call(x)
                if turns[0] > before:
                    break
            assert turns[0] > before
    finally:
        sys.setswitchinterval(interval)
        ends.set()
        thread.join()
