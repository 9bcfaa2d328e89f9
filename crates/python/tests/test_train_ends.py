"""How training ends early: by the callback, an error, Ctrl-C, or divergence; and how a History is shown."""

import json
import signal
import subprocess
import sys
import threading
from html.parser import HTMLParser

import numpy as np
import pytest
from book_oracle import NAMES
from conftest import HANGS, clean_environment

import two_layer_net as tln


@pytest.fixture
def start():
    """A net and random samples, and how to train it quietly."""
    random = np.random.RandomState(0)
    x, t = random.randn(60, 4), random.randint(0, 3, 60)
    net = tln.TwoLayerNet(4, 5, 3, 1.0, seed=0)

    def run(net=net, **options):
        options = {"batch_size": 10, "seed": 2, "progress": False, **options}
        return tln.train(net, x, t, x[:20], t[:20], **options)

    return net, run, (x, t)


def test_the_callback_sees_the_net_as_of_then(start):
    net, run, (x, t) = start
    seen = []

    def callback(evaluation):
        assert evaluation.train_acc == net.accuracy(x, t) and evaluation.test_acc == net.accuracy(x[:20], t[:20])
        seen.append(evaluation)

    history = run(iterations=20, callback=callback)
    assert [evaluation.iteration for evaluation in seen] == history.iteration_list == [1, 7, 13, 19, 20]
    assert [evaluation.train_acc for evaluation in seen] == history.train_acc_list
    assert [evaluation.test_acc for evaluation in seen] == history.test_acc_list
    assert [evaluation.seconds for evaluation in seen] == history.seconds_list
    assert [evaluation.loss for evaluation in seen] == [history.train_loss_list[i - 1] for i in history.iteration_list]
    assert all(isinstance(evaluation, tln.Evaluation) for evaluation in seen)


@pytest.mark.parametrize("threads", [None, 1, 2])
def test_the_callback_runs_in_the_callers_thread(start, threads):
    """So it may draw and show, which many libraries allow in the main thread alone."""
    _, run, _ = start
    seen = set()
    run(iterations=3, threads=threads, callback=lambda _: seen.add(threading.get_ident()) and False)
    assert seen == {threading.get_ident()}


def test_a_callback_changes_no_bit(start):
    net, run, _ = start
    other = tln.TwoLayerNet(4, 5, 3, 1.0, seed=0)
    run(iterations=20, callback=lambda _: None)
    run(other, iterations=20)
    assert net == other


def test_the_callback_of_a_run_without_iterations_or_test_data(start):
    net, _, (x, t) = start
    seen = []
    tln.train(net, x, t, iterations=0, batch_size=10, callback=seen.append, progress=False)
    assert [evaluation.iteration for evaluation in seen] == [0]
    assert np.isnan(seen[0].loss) and np.isnan(seen[0].test_acc) and type(seen[0].loss) is float


def test_true_stops_the_run(start):
    net, run, _ = start
    history = run(iterations=1000, evaluate=5, callback=lambda evaluation: evaluation.iteration >= 11)
    assert history.iterations == 11 and history.iteration_list == [1, 6, 11] and len(history.train_loss_list) == 11
    other = tln.TwoLayerNet(4, 5, 3, 1.0, seed=0)
    run(other, iterations=11)
    assert net == other and net.history is history


def test_an_exception_of_the_callback_passes_unchanged(start):
    net, run, _ = start
    error = LookupError("mine")

    def callback(evaluation):
        if evaluation.iteration > 6:
            raise error

    with pytest.raises(LookupError) as caught:
        run(iterations=1000, callback=callback)
    assert caught.value is error
    assert net.history.iterations == 7 == len(net.history.train_loss_list)
    other = tln.TwoLayerNet(4, 5, 3, 1.0, seed=0)
    run(other, iterations=7)
    assert net == other


def test_divergence_is_an_arithmetic_error_with_history(start):
    net, run, _ = start
    run(iterations=1)
    with pytest.raises(ArithmeticError, match="learning rate"):
        run(iterations=1000, learning_rate=1e308)
    assert net.history.settings["learning_rate"] == 1e308
    # the loss that is not finite is no loss of the list
    assert net.history.iterations - 1 <= len(net.history.train_loss_list) <= net.history.iterations < 1000
    assert "History" in repr(net.history) and net.history._repr_html_() and net.history.plot()


def test_weights_too_large_for_central_differences_end_the_run_at_once(start):
    net, run, _ = start
    with pytest.raises(ArithmeticError, match="too large for central differences"):
        run(iterations=1000, gradient="numerical", learning_rate=1e200)
    assert net.history.iterations == 1


def test_what_is_wrong_at_once_leaves_net_and_history(start):
    net, run, _ = start
    history = run(iterations=2)
    net.params["W1"][0, 0] = np.nan
    with pytest.raises((ArithmeticError, ValueError), match="W1|NaN|nan"):
        run(iterations=5)
    net.params["W1"][0, 0] = 0.0
    net.history = history
    with pytest.raises(ValueError):
        run(iterations=5, batch_size=61)
    assert net.history is history


INTERRUPTED = """
import json, signal
import numpy as np
import two_layer_net as tln
signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent may have it ignored
random = np.random.RandomState(0)
net = tln.TwoLayerNet(20, 8, 3, seed=0)
before = {name: array.copy() for name, array in net.params.items()}
options = {OPTIONS}
def callback(evaluation):
    if evaluation.iteration == 101:
        print("under way", flush=True)
try:
    tln.train(net, random.randn(500, 20), random.randint(0, 3, 500), iterations=10**15, seed=0, callback=callback, **options)
except KeyboardInterrupt:
    arrays = net.params.values()
    print(json.dumps({
        "done": net.history.iterations,
        "losses": len(net.history.train_loss_list) * net.history.stride,
        "stride": net.history.stride,
        "finite": all(bool(np.isfinite(array).all()) for array in arrays),
        "changed": all(not np.array_equal(array, before[name]) for name, array in net.params.items()),
        "arrays": [len(array) for array in arrays],
    }))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl-C to all processes of a console")
@pytest.mark.parametrize(
    "options",
    [
        "'evaluate': 100, 'progress': False",
        "'evaluate': 100",
        "'evaluate': 100, 'gradient': 'backprop'",
        "'evaluate': 100, 'threads': 2",
    ],
    ids=["numerical", "bar", "backprop", "threads"],
)
def test_ctrl_c_keeps_what_was_learned(tmp_path, options):
    (tmp_path / "program.py").write_text(INTERRUPTED.replace("OPTIONS", options), encoding="utf-8")
    command = [sys.executable, "program.py"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=tmp_path, env=clean_environment(), **pipes) as child:
        try:
            assert child.stdout.readline() == "under way\n"
            child.send_signal(signal.SIGINT)
            said, errors = child.communicate(timeout=HANGS)
        finally:
            child.kill()
    assert child.returncode == 0, errors
    found = json.loads(said.splitlines()[-1])
    assert found["done"] >= 101 and found["finite"] and found["changed"] and found["arrays"] == [20, 8, 8, 3]
    assert found["done"] - found["stride"] < found["losses"] <= found["done"]


class Tags(HTMLParser):
    """The text of each table cell, and the tags that are still open."""

    def __init__(self):
        super().__init__()
        self.open, self.cells = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1] == "td":
            self.cells.append(data)


def test_a_notebook_shows_a_table(start):
    _, run, _ = start
    history = run(iterations=20)
    tags = Tags()
    tags.feed(history._repr_html_())
    assert tags.open == [] and tags.cells[0::4] == ["1", "7", "13", "19", "20"]
    assert tags.cells[1::4] == [f"{history.train_loss_list[i - 1]:.4g}" for i in history.iteration_list]
    assert tags.cells[3::4] == [f"{value:.4f}" for value in history.test_acc_list]


def test_to_pandas(start):
    _, run, _ = start
    history = run(iterations=20)
    table = history.to_pandas()
    assert list(table.columns) == ["train_acc", "test_acc", "loss", "seconds"] and table.index.name == "iteration"
    assert table["train_acc"].tolist() == history.train_acc_list and table["test_acc"].tolist() == history.test_acc_list
    assert table.loc[13, "loss"] == history.train_loss_list[12] and table.index.tolist() == history.iteration_list


def test_plot_draws_the_chapters_two_figures(start, tmp_path):
    _, run, _ = start
    history = run(iterations=20)
    figure = history.plot()
    left, right = figure.axes
    assert (left.get_xlabel(), left.get_ylabel(), right.get_ylabel()) == ("iteration", "loss", "accuracy")
    assert left.lines[0].get_ydata().tolist() == history.train_loss_list
    assert left.lines[0].get_xdata().tolist() == list(range(1, 21))
    assert [line.get_label() for line in right.lines] == ["train acc", "test acc"]
    assert list(right.lines[1].get_ydata()) == history.test_acc_list
    figure.savefig(tmp_path / "history.png")
    assert (tmp_path / "history.png").read_bytes().startswith(b"\x89PNG")
    assert run(iterations=3, evaluate=None).plot() is not None


def test_params_keep_their_arrays_when_it_ends_early(start):
    net, run, _ = start
    held = dict(net.params)
    run(iterations=100, callback=lambda evaluation: True)
    assert all(net.params[name] is held[name] for name in NAMES)
