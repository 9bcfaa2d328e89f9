"""A reader's notebook of chapter 4.5 runs from top to bottom without a change; one cell is put above it."""

import os
import re

import nbformat
from conftest import HANGS
from nbclient import NotebookClient

FIRST = "import two_layer_net.book"
LINE = re.compile(r"^train acc, test acc \| ([0-9.]+), ?([0-9.]+)$", re.MULTILINE)


def run(path, folder, first=FIRST):
    """The cells of a notebook with their outputs."""
    notebook = nbformat.read(path, as_version=4)
    sources = [cell.source for cell in notebook.cells]
    notebook.cells.insert(0, nbformat.v4.new_code_cell(first))
    client = NotebookClient(notebook, timeout=10 * HANGS, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute()
    assert [cell.source for cell in notebook.cells[1:]] == sources
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def printed(cell):
    return "".join(output.get("text", "") for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


def test_the_notebook_of_a_reader(notebook, mnist_dir, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    os.symlink(mnist_dir, tmp_path / "data/mnist", target_is_directory=True)
    # an IPython and a cache of its own, so that nothing of this user takes part
    for name in ("IPYTHONDIR", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    # the cell that differentiates the reader's own class calls NumPy 159,020 times for products so small that the threads
    # of its BLAS wait for each other, on a busy machine fifty times longer than they work
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    cells = run(notebook, tmp_path)
    assert all(cell.execution_count for cell in cells)
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
    epochs = LINE.findall(printed(cells[-1]))
    assert len(epochs) == 17
    accuracies = [float(test) for _, test in epochs]
    assert accuracies[0] < 0.3 and accuracies[-1] > 0.93
    assert printed(cells[2]) == "(784, 100)\n(100,)\n(100, 10)\n(10,)\n"
