"""train(): the bits of `app train`, what it records, how it ends, and what it shows."""

import copy
import io
import pickle
import subprocess
from contextlib import redirect_stderr

import numpy as np
import pytest
from book_oracle import NAMES, BookNet
from conftest import HANGS, run_python

import two_layer_net as tln

ITERATIONS = 300


@pytest.fixture
def start(digits):
    """A net and a small set of digits, and how to train it quietly."""
    (x, t), (x_test, t_test) = digits
    net = tln.TwoLayerNet(784, 6, 10, seed=5)

    def run(**options):
        return tln.train(net, x[:500], t[:500], x_test[:200], t_test[:200], **{"seed": 1, "progress": False, **options})

    return net, run


def bits(net):
    return {name: net.params[name].tobytes() for name in NAMES}


@pytest.mark.parametrize(
    "options",
    [
        {"gradient": "numerical"},
        {"gradient": "backprop"},
        {"gradient": "backprop", "dtype": "float32"},
        {"gradient": "numerical", "sampling": "shuffle", "seed": 7},
        {"gradient": "backprop", "sampling": "sequential", "batch_size": 33, "learning_rate": 0.7},
        {"gradient": "numerical", "activation": "relu", "h": 0.01, "hidden": 9},
        {"gradient": "backprop", "activation": "tanh", "weight_init_std": 0.1},
    ],
    ids=lambda options: "-".join(map(str, options.values())),
)
def test_the_bits_of_app_train(app, digits, tmp_path, options):
    flags = {"h": "step"}
    given = {flags.get(name, name).replace("_", "-"): value for name, value in options.items() if name != "dtype"}
    given["precision"] = "f32" if options.get("dtype") == "float32" else "f64"
    arguments = [text for name, value in given.items() for text in (f"--{name}", str(value))]
    command = [app, "train", "--dataset", "digits", "--out", tmp_path / "run", "--no-report", "--quiet"]
    subprocess.run([*command, "--iterations", str(ITERATIONS), *arguments], check=True, timeout=HANGS)

    options = {"seed": 0, **options}
    shape = {name: options.pop(name) for name in ("activation", "weight_init_std") if name in options}
    net = tln.TwoLayerNet(784, options.pop("hidden", 50), 10, seed=options["seed"], **shape)
    before = bits(net)
    (x, t), (x_test, t_test) = digits
    history = tln.train(net, x, t, x_test, t_test, iterations=ITERATIONS, progress=False, **options)
    run = tln.load(tmp_path / "run")
    assert run.activation == net.activation
    assert bits(run) == bits(net) != before
    assert history.iterations == len(history.train_loss_list) == ITERATIONS


def test_the_loop_is_the_books(digits):
    """Sequential minibatches, each by the book's class in NumPy: the same losses and parameters but for rounding."""
    (x, t), _ = digits
    x, t = x[:70], t[:70]
    net = tln.TwoLayerNet(784, 6, 10, seed=5)
    book = BookNet.like(net)
    history = tln.train(net, x, t, iterations=25, batch_size=30, sampling="sequential", gradient="backprop", progress=False)
    for i in range(25):
        batch = np.arange(30 * i, 30 * (i + 1)) % 70
        for name, slopes in book.gradient(x[batch], t[batch]).items():
            book.params[name] -= 0.1 * slopes
        assert history.train_loss_list[i] == pytest.approx(book.loss(x[batch], t[batch]), rel=1e-9)
    for name in NAMES:
        np.testing.assert_allclose(net.params[name], book.params[name], rtol=1e-8, atol=1e-11)


def test_what_history_records(start):
    net, run = start
    history = run(iterations=12)
    assert net.history is history and history.iterations == 12 and history.stride == 1
    assert history.iteration_list == [1, 6, 11, 12]  # 5 iterations are an epoch of 500 samples
    lists = (history.train_acc_list, history.test_acc_list, history.seconds_list)
    assert all(len(values) == 4 and all(type(value) is float for value in values) for values in lists)
    assert history.seconds_list == sorted(history.seconds_list)
    assert history.settings["iterations"] == 12 and history.settings["seed"] == 1
    assert history.settings["gradient"] == "numerical" and history.settings["sampling"] == "replacement"
    assert repr(history).startswith("<History: 12 iterations, loss ")
    assert pickle.loads(pickle.dumps(net)).history.train_loss_list == history.train_loss_list


def test_the_accuracies_and_the_last_loss_are_the_nets(start, digits):
    net, run = start
    (x, t), (x_test, t_test) = digits
    history = run(iterations=5, sampling="sequential", learning_rate=0.5)
    assert history.train_acc_list[-1] == net.accuracy(x[:500], t[:500])
    assert history.test_acc_list[-1] == net.accuracy(x_test[:200], t_test[:200])
    assert history.train_loss_list[-1] == pytest.approx(net.loss(x[400:500], t[400:500]), rel=1e-12)


@pytest.mark.parametrize(("evaluate", "expected"), [(None, []), (4, [1, 5, 9, 10]), (100, [1, 10]), ("epoch", [1, 6, 10])])
def test_when_the_accuracies_are_taken(start, evaluate, expected):
    net, run = start
    assert run(iterations=10, evaluate=evaluate).iteration_list == expected


def test_training_without_test_data(start, digits):
    net, run = start
    (x, t), _ = digits
    history = tln.train(net, x[:500], t[:500], iterations=6, seed=1, progress=False)
    assert history.test_acc_list == [] and len(history.train_acc_list) == len(history.iteration_list) == 2
    assert "test acc" not in repr(history)
    assert history.to_pandas()["test_acc"].isna().all()


def test_after_100000_iterations_every_second_loss_is_kept():
    random = np.random.RandomState(0)
    x, t = random.randn(8, 2), random.randint(0, 2, 8)
    net = tln.TwoLayerNet(2, 1, 2, seed=0)
    options = {"batch_size": 1, "gradient": "backprop", "learning_rate": 1e-3, "seed": 0, "threads": 1, "progress": False}
    history = tln.train(net, x, t, iterations=100_011, evaluate=50_000, **options)
    assert history.stride == 2 and len(history.train_loss_list) == 50_005
    table = history.to_pandas()
    assert list(table.index) == history.iteration_list == [1, 50_001, 100_001, 100_011]
    assert np.isnan(table["loss"].iloc[0]) and table["loss"].iloc[-1] == history.train_loss_list[-1]
    again = tln.train(tln.TwoLayerNet(2, 1, 2, seed=0), x, t, iterations=10, evaluate=None, **options)
    assert history.train_loss_list[:5] == again.train_loss_list[1::2]


def test_no_iterations_evaluate_the_start(start):
    net, run = start
    before = bits(net)
    history = run(iterations=0)
    assert bits(net) == before and history.train_loss_list == [] and history.iteration_list == [0]
    assert "0 iterations" in history._repr_html_() and history.plot() is not None
    assert np.isnan(history.to_pandas()["loss"]).all()


def test_the_same_seed_gives_the_same_net_for_any_number_of_threads(digits):
    (x, t), _ = digits
    found = []
    for threads in (1, 2, 3, None):
        net = tln.TwoLayerNet(784, 20, 10, seed=3)
        history = tln.train(net, x[:1000], t[:1000], iterations=15, seed=9, threads=threads, progress=False)
        found.append((bits(net), history.train_loss_list, history.train_acc_list))
    assert found == [found[0]] * 4


def test_without_a_seed_numpys_decides(start):
    net, run = start
    first = copy.deepcopy(net.params)
    seeds, nets = [], []
    for state in (4, 4, 5):
        net.params = copy.deepcopy(first)
        np.random.seed(state)
        seeds.append(run(iterations=3, seed=None).settings["seed"])
        nets.append(bits(net))
    assert nets[0] == nets[1] != nets[2] and seeds[0] == seeds[1] != seeds[2]
    net.params = first
    run(iterations=3, seed=seeds[2])
    assert bits(net) == nets[2]


def test_it_trains_in_place_what_it_can(start):
    net, run = start
    held = dict(net.params)
    net.params["b1"] = [0.0] * 6  # a list cannot be trained in place
    net.params["W2"] = held["W2"].astype(np.float32)
    before = copy.deepcopy(net.params)
    run(iterations=2)
    assert net.params["W1"] is held["W1"] and net.params["b2"] is held["b2"]
    assert all(net.params[name].dtype == np.float64 for name in NAMES)
    assert not any(np.array_equal(net.params[name], before[name]) for name in NAMES)
    assert before["W2"].dtype == np.float32


def test_a_second_call_goes_on(start):
    net, run = start
    first = run(iterations=30, learning_rate=1.0).train_loss_list[-1]
    second = run(iterations=200, learning_rate=1.0).train_loss_list[-1]
    assert second < first


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"iterations": -1}, ValueError, "iterations is -1"),
        ({"iterations": 1e4}, TypeError, "iterations is 10000.0, expected an int"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"batch_size": 501}, ValueError, "501.*500"),
        ({"batch_size": 2**62}, ValueError, "500"),
        ({"learning_rate": 0}, ValueError, "learning rate"),
        ({"learning_rate": float("nan")}, ValueError, "learning rate"),
        ({"learning_rate": None}, TypeError, "learning_rate is None"),
        ({"h": -1e-4}, ValueError, "-0.0001|-1e-4"),
        ({"gradient": "exact"}, ValueError, "'exact', expected 'numerical' or 'backprop'"),
        ({"sampling": "random"}, ValueError, "'random', expected 'replacement'"),
        ({"dtype": "float16"}, ValueError, "'float16', expected 'float64' or 'float32'"),
        ({"dtype": "float32"}, ValueError, "float32.*numerical"),
        ({"seed": -1}, ValueError, "seed is -1"),
        ({"evaluate": 0}, ValueError, "evaluate is 0"),
        ({"evaluate": "never"}, ValueError, "'never', expected 'epoch'"),
        ({"evaluate": 2**70}, ValueError, "evaluate"),
        ({"threads": 0}, ValueError, "threads is 0"),
        ({"threads": 10**7}, ValueError, "threads is 10000000"),
        ({"callback": 3}, TypeError, "int"),
    ],
)
def test_options_that_do_not_fit(start, options, error, says):
    net, run = start
    before = bits(net)
    with pytest.raises(error, match=says):
        run(**{"iterations": 2, **options})
    assert bits(net) == before or "callback" in options


def test_data_that_do_not_fit(start, digits):
    net, run = start
    (x, t), _ = digits
    x, t = x[:20], t[:20]
    bad = x.copy()
    bad[3, 5] = np.nan
    for data, says in (
        ((x[:, :5], t), r"x_train has shape \(20, 5\).*784"),
        ((x, t[:19]), r"t_train has shape \(19,\), expected \(20,\)"),
        ((bad, t), r"x_train\[3, 5\] is NaN"),
        ((x[:0], t[:0]), "no labels|no samples"),
        ((x, t, x, t[:3]), r"t_test has shape \(3,\)"),
        ((x, t, x[:, :7], t), r"x_test has shape \(20, 7\)"),
        ((x, t, x), "belong together"),
        ((x, t, None, t), "belong together"),
    ):
        with pytest.raises(ValueError, match=says):
            tln.train(net, *data, iterations=2, batch_size=5, progress=False)
    with pytest.raises(TypeError, match="net is a .*BookNet.*accelerate"):
        tln.train(BookNet(784, 5, 10), x, t)


def test_progress_by_tqdm_and_without(start):
    net, run = start
    shown = io.StringIO()
    with redirect_stderr(shown):
        run(iterations=7, progress=True)
    assert "7/7" in shown.getvalue() and "loss=" in shown.getvalue()
    shown = io.StringIO()
    with redirect_stderr(shown):
        run(iterations=7, progress=False)
    assert shown.getvalue() == ""


def test_without_tqdm_nothing_is_shown(tmp_path):
    said = run_python(
        """
import sys
sys.modules["tqdm"] = sys.modules["tqdm.auto"] = None
import two_layer_net as tln
(x, t), _ = tln.load_digits()
print(tln.train(tln.TwoLayerNet(784, 5, 10, seed=0), x[:200], t[:200], iterations=7).iterations)
""",
        tmp_path,
    )
    assert said == "7\n"


def test_importing_needs_neither_tqdm_nor_pandas_nor_matplotlib(tmp_path):
    said = run_python(
        """
import sys
for name in ("tqdm", "tqdm.auto", "pandas", "matplotlib", "matplotlib.figure"):
    sys.modules[name] = None
import two_layer_net as tln
history = tln.History([1.0], 1, [(1, 0.5, 0.5, 0.1)], 1, {})
for name, call in (("matplotlib", history.plot), ("pandas", history.to_pandas)):
    try:
        call()
    except ImportError as error:
        print(error)
""",
        tmp_path,
    )
    assert said == "plot() needs matplotlib: pip install matplotlib\nto_pandas() needs pandas: pip install pandas\n"
