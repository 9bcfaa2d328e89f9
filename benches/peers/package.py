"""The Python package beside the program: python package.py [PATH_OF_APP]

Times `train` on MNIST in turn with `app train` (whole processes of both less loading are the same loop), three rounds, and
the calls of the class that the book's loop makes. Needs the package, and MNIST in data/mnist of the current folder.
"""
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import two_layer_net as tln

APP = sys.argv[1] if len(sys.argv) > 1 else "target/release/app"
RUNS = [
    ("numerical, float64", {}, []),
    ("backprop, float64", {"gradient": "backprop"}, ["--gradient", "backprop", "--precision", "f64"]),
    ("backprop, float32", {"gradient": "backprop", "dtype": "float32"}, ["--gradient", "backprop"]),
]

(x_train, t_train), (x_test, t_test) = tln.load_mnist(normalize=False)
x_train, x_test = x_train / 255.0, x_test / 255.0


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_python(options):
    net = tln.TwoLayerNet(784, 50, 10, seed=0)
    tln.train(net, x_train, t_train, x_test, t_test, seed=0, progress=False, **options)


def program(options):
    with tempfile.TemporaryDirectory() as folder:
        command = [APP, "train", "--dataset", "mnist", "--quiet", "--no-report", "--out", f"{folder}/run", *options]
        subprocess.run(command, check=True)


print("| the chapter's run, median of 3 rounds | `train` | `app train` | ratio |\n| --- | --- | --- | --- |")
for name, options, flags in RUNS:
    rounds = [(seconds(lambda: in_python(options)), seconds(lambda: program(flags))) for _ in range(3)]
    ours, its = (statistics.median(column) for column in zip(*rounds))
    print(f"| {name} | {ours:.2f} s | {its:.2f} s | {ours / its:.2f} |", flush=True)

x, t = x_train[:100].astype(np.float32), np.eye(10)[t_train[:100]]
net = tln.TwoLayerNet(784, 50, 10, seed=0)
print("\n| one call, batch of 100, float32 | time |\n| --- | --- |")
for name in ["numerical_gradient", "gradient", "loss", "predict"]:
    arguments = (x,) if name == "predict" else (x, t)
    calls = [seconds(lambda: getattr(net, name)(*arguments)) for _ in range(300)]
    print(f"| `{name}` | {statistics.median(calls) * 1e3:.2f} ms |")
