"""The programs of examples/, each run as a reader runs it: by its name, in a folder of its own.

The sweep needs Dask, pandas and matplotlib. Without them its tests are skipped, but fail where REQUIRE_DASK is set.
"""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import two_layer_net as tln

EXAMPLES = Path(__file__).parents[1] / "examples"
#: A program that hangs fails its test; none needs so many seconds.
HANGS = 300
# Threads of BLAS that wait for a busy core make small matrices slow.
ENVIRONMENT = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}


def run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(program), *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        encoding="utf-8",
        timeout=HANGS,
    )


def output(program: Path, *arguments: str, folder: Path) -> str:
    done = run(program, *arguments, folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def changed(name: str, old: str, new: str, folder: Path) -> Path:
    """A copy of a program with one piece of its text replaced."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{name} has {text.count(old)} times {old!r}"
    copy = folder / name
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def last_test_accuracy(text: str) -> float:
    return float(re.findall(r"test acc (\S+)", text)[-1])


# chapter 4


def test_chapter_4_differentiates_descends_and_learns(tmp_path: Path) -> None:
    text = output(EXAMPLES / "chapter4.py", folder=tmp_path)
    assert "at [3.0, 4.0]: [6. 8.]" in text
    assert "lr=0.1 arrives: |x| = 1e-09" in text  # 5 * 0.8**100
    assert float(re.findall(r"from x \(y - t\): (\S+)", text)[0]) < 1e-5
    assert last_test_accuracy(text) > 0.85


def test_chapter_4_does_not_learn_with_the_gradient_reversed(tmp_path: Path) -> None:
    copy = changed("chapter4.py", "network.params[key] -= ", "network.params[key] += ", tmp_path)
    assert last_test_accuracy(output(copy, folder=tmp_path)) < 0.5


# the scale of the initial weights


def test_a_large_w1_is_what_harms_and_not_a_large_w2(tmp_path: Path) -> None:
    text = (EXAMPLES / "init_scale.py").read_text(encoding="utf-8")
    copy = tmp_path / "init_scale.py"
    copy.write_text(text.replace("load_mnist()", "load_digits()").replace(" load_mnist,", " load_digits,"), encoding="utf-8")
    rows = [line.strip("| ").split(" | ") for line in output(copy, "1000", folder=tmp_path).splitlines()[2:]]
    assert [row[:2] for row in rows] == [["0.01", "0.01"], ["10", "0.01"], ["0.01", "10"], ["10", "10"]]
    small, large_w1, large_w2, both = [float(row[2]) for row in rows]
    assert large_w2 > small > large_w1 > both


# chapter 5


def test_chapter_5_checks_its_gradients_and_learns(tmp_path: Path) -> None:
    text = output(EXAMPLES / "chapter5.py", folder=tmp_path)
    assert "price 5720" in text
    assert text.count("all right") == 8  # four arrays, with each of the two activation functions
    assert last_test_accuracy(text) > 0.85


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("return dout * self.y, dout * self.x", "return dout * self.x, dout * self.y", "derivatives wrong"),
        ("return dout, dout", "return dout, -dout", "derivatives wrong"),
        ("return dout * self.mask", "return dout", "W1: "),
        ("self.out * (1.0 - self.out)", "self.out", "W1: "),
        ("np.dot(self.x.T, dout)", "2 * np.dot(self.x.T, dout)", "a factor 2"),
        ("np.sum(dout, axis=0)", "np.mean(dout, axis=0)", "b1: "),
        ("return np.dot(dout, self.W.T)", "return -np.dot(dout, self.W.T)", "sign"),
        ("(self.y - self.t) / len(self.t)", "(self.y - self.t)", "mean"),
    ],
    ids=["mul", "add", "relu", "sigmoid", "affine dW", "affine db", "affine dx", "softmax with loss"],
)
def test_chapter_5_ends_where_a_backward_is_broken(right: str, wrong: str, said: str, tmp_path: Path) -> None:
    done = run(changed("chapter5.py", right, wrong, tmp_path), folder=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "AssertionError: the gradient is wrong" in done.stderr
    assert said in done.stderr
    assert "epoch" not in done.stdout  # it does not train


# the sweep


@pytest.fixture
def sweep() -> Path:
    for name in ("distributed", "pandas", "matplotlib"):
        if os.environ.get("REQUIRE_DASK"):
            import_module(name)
        else:
            pytest.importorskip(name)
    return EXAMPLES / "sweep.py"


def table(path: Path) -> list[dict[str, str]]:
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_sweep_has_a_row_for_each_run_also_for_those_that_diverge(sweep: Path, tmp_path: Path) -> None:
    settings = ["--seeds", "0", "1", "--learning-rates", "0.5", "1e308", "--batch-sizes", "20", "--iterations", "60"]
    text = output(sweep, *settings, "--out", "results", folder=tmp_path)

    rows = table(tmp_path / "results" / "results.csv")
    assert list(rows[0]) == ["seed", "learning_rate", "batch_size", "loss", "train_acc", "test_acc", "seconds", "error"]
    names = [(row["seed"], row["learning_rate"], row["batch_size"]) for row in rows]
    assert names == [("0", "0.5", "20"), ("0", "1e+308", "20"), ("1", "0.5", "20"), ("1", "1e+308", "20")]
    for diverged in rows[1::2]:
        assert diverged["error"].startswith("stopped at iteration 1: ")
        assert diverged["test_acc"] == ""

    (x, t), (x_test, t_test) = tln.load_digits()
    for seed, row in enumerate(rows[::2]):  # the same bits as a run without Dask
        net = tln.TwoLayerNet(784, 50, 10, seed=seed)
        tln.train(net, x, t, iterations=60, batch_size=20, learning_rate=0.5, seed=seed, progress=False)
        assert row["error"] == ""
        assert float(row["loss"]) == net.loss(x, t)
        assert float(row["train_acc"]) == net.accuracy(x, t)
        assert float(row["test_acc"]) == net.accuracy(x_test, t_test)

    assert (tmp_path / "results" / "sweep.png").read_bytes().startswith(b"\x89PNG")
    assert re.search(r"\n2 runs in .* s on 2 workers: .* runs per hour\n", text)
    accuracies = [float(row["test_acc"]) for row in rows[::2]]
    printed = text.splitlines()[-2].split()  # of the learning rate 0.5
    assert printed[-3:-1] == [f"{np.mean(accuracies):.3f}", f"{max(accuracies) - min(accuracies):.3f}"]
    assert [path.name for path in tmp_path.iterdir()] == ["results"]  # Dask leaves nothing


def test_a_sweep_of_runs_that_all_fail_ends_well(sweep: Path, tmp_path: Path) -> None:
    settings = ["--seeds", "0", "-1", "--learning-rates", "-1", "nan", "--batch-sizes", "0", "20", "--out", "."]
    output(sweep, *settings, folder=tmp_path)
    errors = {row["error"] for row in table(tmp_path / "results.csv")}
    assert errors == {
        "the learning rate is -1, expected a finite number above 0",
        "the learning rate is NaN, expected a finite number above 0",
        "batch_size is 0, expected at least 1",
        "seed is -1, expected 0 to 2**64 - 1",
    }
    assert (tmp_path / "sweep.png").exists()


def test_the_run_of_a_worker_that_dies_is_repeated(sweep: Path, tmp_path: Path) -> None:
    dies = """
    if not Path("died").exists():
        Path("died").touch()
        os._exit(1)
"""
    start = '    os.environ.setdefault("RAYON_NUM_THREADS", "1")'
    copy = changed("sweep.py", start, dies + start, tmp_path)
    settings = ["--seeds", "0", "1", "--learning-rates", "0.5", "--batch-sizes", "20", "--iterations", "5"]
    output(copy, *settings, "--out", ".", folder=tmp_path)
    assert (tmp_path / "died").exists()
    assert [row["error"] for row in table(tmp_path / "results.csv")] == ["", ""]


def test_a_sweep_uses_the_cluster_of_an_address_and_loads_the_data_once(sweep: Path, tmp_path: Path) -> None:
    cluster = """
from dask.distributed import LocalCluster
with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
    print(cluster.scheduler_address, flush=True)
    input()
"""
    load = "    return tln.load_digits() if"
    copy = changed("sweep.py", load, '    open("loads", "a").write("load ")\n' + load, tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", cluster],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    ) as running:
        assert running.stdin and running.stdout
        address = running.stdout.readline().strip()
        settings = ["--seeds", "0", "1", "--learning-rates", "0.5", "1", "--batch-sizes", "20", "--iterations", "5"]
        output(copy, *settings, "--out", ".", "--scheduler", address, folder=tmp_path)
        assert running.poll() is None  # it was not ours to stop
        running.stdin.write("\n")
    assert len(table(tmp_path / "results.csv")) == 4
    assert (tmp_path / "loads").read_text() == "load "


def test_a_sweep_without_its_data_says_so(sweep: Path, tmp_path: Path) -> None:
    done = run(sweep, "--data", "mnist", "--data-dir", "nowhere", folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("sweep.py: cannot load mnist: data_dir: there is no folder ")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C for a group of processes")
def test_ctrl_c_ends_a_sweep_which_listens_on_this_computer_only_and_keeps_its_rows(sweep: Path, tmp_path: Path) -> None:
    import psutil  # Dask needs it too

    slow = ["--seeds", "0", "--learning-rates", "0.1", "--batch-sizes", "1", "10000", "--iterations", "3000"]
    with subprocess.Popen(
        [sys.executable, str(sweep), *slow, "--out", "."],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # a group of processes of their own, as in a terminal
    ) as running:
        assert running.stdout
        assert running.stdout.readline().startswith("[1/2] seed 0, learning rate 0.1, batch size 1: ")
        process = psutil.Process(running.pid)
        workers = process.children(recursive=True)
        ports = [port for each in (process, *workers) for port in each.net_connections() if port.status == "LISTEN"]
        assert {port.laddr.ip for port in ports} == {"127.0.0.1"}

        os.killpg(running.pid, signal.SIGINT)
        text, errors = running.communicate(timeout=HANGS)
    assert running.returncode == 130
    assert "stopped after 1 of 2 runs" in text
    assert "Traceback" not in errors
    assert [row["batch_size"] for row in table(tmp_path / "results.csv")] == ["1"]
    assert (tmp_path / "sweep.png").exists()
    _, left = psutil.wait_procs(workers, timeout=HANGS / 10)
    assert all(each.status() == psutil.STATUS_ZOMBIE for each in left)  # ended, and its entry remains where nobody asks


def test_the_help_of_the_sweep_fits_a_terminal_of_80_columns(sweep: Path, tmp_path: Path) -> None:
    text = output(sweep, "--help", folder=tmp_path)
    assert max(map(len, text.splitlines())) <= 80
    assert "Without options, it starts two worker processes" in text


def test_arrays_as_dask_hands_them_over_are_as_good_as_any() -> None:
    """They are read-only, and begin at any byte."""

    def handed_over(array: np.ndarray) -> np.ndarray:
        copy = np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:].view(array.dtype).reshape(array.shape)
        assert not copy.flags.writeable and not (copy.itemsize > 1 and copy.flags.aligned)
        return copy

    (x, t), _ = tln.load_digits()
    x, t = x[:50], t[:50]
    nets = [tln.TwoLayerNet(784, 5, 10, seed=0) for _ in range(2)]
    for net, pair in zip(nets, [(x, t), (handed_over(x), handed_over(t))]):
        tln.train(net, *pair, iterations=3, batch_size=10, seed=0, progress=False)
    assert nets[0] == nets[1]
    loss = nets[0].loss(x, t)
    nets[0].params = {name: handed_over(array) for name, array in nets[0].params.items()}
    assert nets[0].loss(handed_over(x.astype(float)), t) == loss
