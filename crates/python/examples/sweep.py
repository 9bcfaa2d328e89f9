"""Which learning rate and which batch size? Train every combination and see.

The notebook of chapter 4.5 trains one network, with a learning rate of 0.1
and batches of 100 images. This program trains one for each combination of
seed, learning rate and batch size, as many at once as there are workers, and
shows which combination learned most. The seeds show how much of a difference
is luck: they change the first weights and the images in each batch.

Dask distributes the runs. Without options, it starts two worker processes on
this computer and stops them at the end:

    pip install "two-layer-net[sweep]"
    python sweep.py

On several computers, start a scheduler and workers (`dask scheduler`, and
`dask worker ADDRESS --nthreads 1 --nworkers auto` on each computer, with
two-layer-net installed), then pass the address of the scheduler:

    python sweep.py --scheduler tcp://192.168.0.10:8786 --data mnist

It writes two files: results.csv has a row for each run, and sweep.png shows
the test accuracy of each combination. Ctrl-C stops early and keeps the rows
so far. A run that fails, for example because its learning rate is too large,
is a row with the error. If a worker dies, Dask repeats its run.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import logging
import os
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd
from dask.distributed import Client, LocalCluster, as_completed

COLUMNS = ["seed", "learning_rate", "batch_size", "loss", "train_acc", "test_acc", "seconds", "error"]


def load(data: str, data_dir: str | None) -> Any:
    """The images, on a worker: Dask copies them once to every other worker."""
    import two_layer_net as tln

    return tln.load_digits() if data == "digits" else tln.load_mnist(data_dir=data_dir)


def run(setting: dict[str, Any], data: Any, iterations: int, gradient: str) -> dict[str, Any]:
    """Train one network on a worker, and return its row of the table."""
    os.environ.setdefault("RAYON_NUM_THREADS", "1")  # one core for each worker, also when it computes accuracies
    import two_layer_net as tln

    start = time.perf_counter()
    (x_train, t_train), (x_test, t_test) = data
    net = tln.TwoLayerNet(input_size=784, hidden_size=50, output_size=10, seed=setting["seed"])
    try:
        quiet: dict[str, Any] = {"evaluate": None, "progress": False, "threads": 1}
        tln.train(net, x_train, t_train, iterations=iterations, gradient=gradient, **quiet, **setting)
    except (ArithmeticError, ValueError) as error:  # it diverged, or the setting makes no sense
        return {**setting, "seconds": time.perf_counter() - start, "error": str(error)}
    return {
        **setting,
        "loss": net.loss(x_train, t_train),
        "train_acc": net.accuracy(x_train, t_train),
        "test_acc": net.accuracy(x_test, t_test),
        "seconds": time.perf_counter() - start,
    }


def sweep(client: Client, options: argparse.Namespace) -> tuple[pd.DataFrame, bool]:
    """All runs, as a table, and whether they came to the end."""
    grid = itertools.product(options.seeds, options.learning_rates, options.batch_sizes)
    settings = [dict(zip(COLUMNS, values)) for values in grid]
    data = client.submit(load, options.data, options.data_dir and os.path.abspath(options.data_dir))
    if data.exception() is not None:
        raise SystemExit(f"sweep.py: cannot load {options.data}: {data.exception()}")

    workers = len(client.nthreads())
    rows: list[dict[str, Any]] = []
    start = time.perf_counter()
    with open(options.out / "results.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        # not pure: Dask would answer from memory where a setting comes twice, and the time would mean nothing
        fixed = {"data": data, "iterations": options.iterations, "gradient": options.gradient}
        futures = client.map(run, settings, **fixed, pure=False)
        setting_of = {future.key: setting for future, setting in zip(futures, settings)}
        try:
            for future in as_completed(futures):
                error = future.exception()  # such as KilledWorker: it took four workers with it
                rows.append({**setting_of[future.key], "error": str(error)} if error else future.result())
                writer.writerow(rows[-1])
                file.flush()
                print(f"[{len(rows)}/{len(settings)}] {described(rows[-1])}", flush=True)
            finished = True
        except KeyboardInterrupt:
            print(f"\nstopped after {len(rows)} of {len(settings)} runs", flush=True)
            client.cancel(futures)
            finished = False
    seconds = time.perf_counter() - start
    table = pd.DataFrame(rows, columns=COLUMNS).sort_values(COLUMNS[:3], ignore_index=True)
    table.to_csv(options.out / "results.csv", index=False)  # the same rows, in order
    if finished:
        done = int(table["error"].isna().sum())
        print(f"\n{done} runs in {seconds:.1f} s on {workers} workers: {3600 * done / seconds:,.0f} runs per hour\n")
    return table, finished


def described(row: dict[str, Any]) -> str:
    setting = f"seed {row['seed']}, learning rate {row['learning_rate']:g}, batch size {row['batch_size']}"
    if row.get("error"):
        return f"{setting}: {row['error'][:80]}"
    return f"{setting}: test accuracy {row['test_acc']:.4f}, {row['seconds']:.1f} s"


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each batch size and learning rate: means over the seeds that came to the end."""
    return table.groupby(["batch_size", "learning_rate"], dropna=False).agg(
        runs=("seed", "size"),
        errors=("error", "count"),
        loss=("loss", "mean"),
        train_acc=("train_acc", "mean"),
        test_acc=("test_acc", "mean"),
        spread=("test_acc", lambda accuracies: accuracies.max() - accuracies.min()),
        seconds=("seconds", "mean"),
    )


def draw(cells: pd.DataFrame, title: str, path: Path) -> None:
    """The test accuracy of every cell as a heat map; the best has a frame."""
    from matplotlib.figure import Figure  # without pyplot, there is no window
    from matplotlib.patches import Rectangle

    mean = cells["test_acc"].unstack()
    figure = Figure(figsize=(3 + 1.3 * len(mean.columns), 2 + 0.9 * len(mean)), layout="constrained")
    axes = figure.subplots()
    axes.set_facecolor("lightgrey")  # under cells that have no accuracy
    image = axes.imshow(mean, vmin=0, vmax=1, cmap="viridis", aspect="auto")
    for (batch_size, learning_rate), cell in cells.iterrows():
        at = mean.columns.get_loc(learning_rate), mean.index.get_loc(batch_size)
        text = f"{cell['test_acc']:.1%}\n± {cell['spread'] / 2:.1%}" if cell["runs"] > cell["errors"] else "failed"
        axes.text(*at, text, ha="center", va="center", color="white" if cell["test_acc"] < 0.6 else "black")
    if mean.notna().any(axis=None):
        row, column = cells["test_acc"].idxmax()
        corner = mean.columns.get_loc(column) - 0.5, mean.index.get_loc(row) - 0.5
        axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor="tab:red", linewidth=3, clip_on=False))
    axes.set_xticks(range(len(mean.columns)), [f"{rate:g}" for rate in mean.columns])
    axes.set_yticks(range(len(mean)), mean.index)
    axes.set(xlabel="learning rate", ylabel="batch size", title=title)
    figure.colorbar(image, label="test accuracy")
    figure.savefig(path, dpi=120)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add, rates = parser.add_argument, [0.01, 0.1, 1.0, 10.0]
    add("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N", help="default: 0 1 2")
    add("--learning-rates", nargs="+", type=float, default=rates, metavar="R", help="default: 0.01 0.1 1 10")
    add("--batch-sizes", nargs="+", type=int, default=[10, 100, 500], metavar="B", help="default: 10 100 500")
    add("--iterations", type=int, default=1000, metavar="N", help="of each run (default: 1000)")
    add("--gradient", choices=["numerical", "backprop"], default="numerical", help="default: numerical")
    add("--data", choices=["digits", "mnist"], default="digits", help="built-in digits (default) or MNIST")
    add("--data-dir", metavar="DIR", help="folder with the four files of MNIST, on the workers")
    add("--scheduler", metavar="ADDRESS", help="use this Dask cluster instead of starting one")
    add("--workers", type=int, default=2, metavar="N", help="processes to start without --scheduler (default: 2)")
    add("--out", type=Path, default=Path("sweep"), metavar="DIR", help="where to write (default: sweep)")
    return parser.parse_args()


def main() -> int:
    options = parsed()
    options.out.mkdir(parents=True, exist_ok=True)
    address = options.scheduler
    with ExitStack() as stack:  # closes the client, then the cluster, whatever happens
        if address is None:
            here: dict[str, Any] = {"host": "127.0.0.1", "dashboard_address": None}  # no other computer can connect
            here["silence_logs"] = logging.CRITICAL  # the errors of runs are rows of the table
            here["preload"] = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"  # Ctrl-C is for the client
            address = stack.enter_context(LocalCluster(n_workers=options.workers, threads_per_worker=1, **here))
        try:
            client = stack.enter_context(Client(address))
        except (OSError, ValueError) as error:  # ValueError: it is no address
            raise SystemExit(f"sweep.py: cannot reach the scheduler {address}: {error}") from None
        table, finished = sweep(client, options)
    if len(table):
        cells = summary(table)
        print(cells.to_string(float_format="{:.3f}".format))
        title = f"{options.data}, {options.gradient} gradient, {options.iterations:,} iterations"
        draw(cells, f"{title}\nmean of the seeds ± half of their range", options.out / "sweep.png")
    return 0 if finished else 130  # as a shell reports Ctrl-C


if __name__ == "__main__":
    sys.exit(main())
