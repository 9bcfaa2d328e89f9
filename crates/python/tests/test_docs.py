"""The pages and the notebook show what really happens."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ENGLISH, KOREAN = ROOT / "docs/python.md", ROOT / "docs/python.ko.md"
GUIDE = ROOT / "docs/guide.md"  # a test in Rust compares the blocks of its Korean page
PYPI = ROOT / "crates/python/README.md"
NOTEBOOK = ROOT / "docs/notebooks/chapter-4.5.ipynb"

# Executes blocks in one namespace, and writes what each of them prints. In a process of its own, because the blocks import
# two_layer_net.book, which must not reach other tests.
RUN_BLOCKS = """
import contextlib, io, json, sys, warnings

warnings.simplefilter("error")
namespace, printed = {"__name__": "__main__"}, []
for name, code in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(code, name, "exec"), namespace)
    printed.append(output.getvalue())
for name, value in list(namespace.items()):
    if name.startswith("test_") and callable(value):
        value()
print(json.dumps(printed))
"""


def blocks(page):
    """The fenced blocks of a page: language, text, and where it stands."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [(m[1], m[2], f"{page.name}:{text.count(chr(10), 0, m.start()) + 1}") for m in found]


def comparable(text):
    """Text whose numbers have six digits; the others differ between processors."""
    return re.sub(r"-?\d+\.\d{4,}(e-?\d+)?", lambda m: f"{float(m[0]):.5e}", text).strip()


@pytest.mark.parametrize("page", [ENGLISH, GUIDE, PYPI], ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_and_print_what_it_shows(page, tmp_path):
    found = blocks(page)
    code = [(where, text) for language, text, where in found if language == "python"]
    environment = {**os.environ, "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", RUN_BLOCKS],
        input=json.dumps(code),
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    printed = dict(zip([where for where, _ in code], json.loads(done.stdout)))
    for (language, _, where), (next_language, shown, _) in zip(found, [*found[1:], ("", "", "")]):
        if language == "python":
            expected = shown if next_language == "text" else ""
            assert comparable(printed[where]) == comparable(expected), where


def test_the_korean_page_shows_the_same_blocks():
    english, korean = ([(language, text) for language, text, _ in blocks(page)] for page in (ENGLISH, KOREAN))
    for left, right in zip(english, korean):
        assert left == right
    assert len(english) == len(korean) > 20


def test_the_notebook_has_the_outputs_that_it_shows(tmp_path, monkeypatch):
    import nbclient
    import nbformat

    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.delenv("MPLBACKEND", raising=False)  # of the notebook: inline
    shown = nbformat.read(NOTEBOOK, as_version=4)
    run = nbformat.read(NOTEBOOK, as_version=4)
    folder = tmp_path / "run"
    folder.mkdir()
    client = nbclient.NotebookClient(
        run, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}, coalesce_streams=True
    )
    client.execute()
    pictures = 0
    for cell, again in zip(shown.cells, run.cells):
        if cell.cell_type == "code":
            assert outputs(cell) == outputs(again), cell.source
            pictures += sum(picture for _, _, picture in outputs(cell))
    assert pictures >= 5


def test_the_notebook_is_small_and_names_no_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text) < 700_000
    notebook = json.loads(text)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    without_pictures = re.sub(r'"image/png": "[^"]*"', "", text)
    assert not re.search(r"/home/|/tmp/|/root/|/Users/|site-packages", without_pictures)
    assert not [cell for cell in notebook["cells"] if any(out.get("name") == "stderr" for out in cell.get("outputs", []))]


def outputs(cell):
    """Kind, text, and whether there is a picture, of each output but stderr."""
    found = []
    for output in cell.outputs:
        if output.output_type == "stream":
            if output.name == "stdout":
                found.append(("stdout", comparable(output.text), False))
        else:
            found.append((output.output_type, comparable(output.data.get("text/plain", "")), "image/png" in output.data))
    return found
