"""How long the cells of a reader's notebook take with the Python package: python notebook.py NOTEBOOK.ipynb

The notebook runs unchanged, after one cell `import two_layer_net.book`, in its own folder or in the one named by --folder,
where `data/mnist` should lie. Then the book's own code is timed on this machine: one loss, times the 79,520 losses of a
gradient, times 10,000 iterations. Needs the package, nbclient and ipykernel.
"""
import argparse
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("notebook", type=Path)
parser.add_argument("--folder", type=Path, help="where it runs [default: its own folder]")
arguments = parser.parse_args()

notebook = nbformat.read(arguments.notebook, as_version=4)
notebook.cells.insert(0, nbformat.v4.new_code_cell("import two_layer_net.book"))
folder = arguments.folder or arguments.notebook.parent
client = NotebookClient(notebook, timeout=None, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
print("| cell | begins with | time |\n| --- | --- | --- |")
with client.setup_kernel():
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        start = time.perf_counter()
        client.execute_cell(cell, number)
        seconds = time.perf_counter() - start
        first = next((line for line in cell.source.splitlines() if line.strip() and not line.startswith("#")), "")
        print(f"| {number} | `{first.strip()}` | {seconds:.1f} s |", flush=True)
        texts = [output.text.splitlines() for output in cell.outputs if output.get("name") == "stdout"]
        last = texts[-1][-1] if texts and texts[-1] else ""
if last:
    print("the last line printed:", last)
print("the book's own code, one gradient:", flush=True)
subprocess.run([sys.executable, Path(__file__).with_name("numpy_definition.py")], check=True)
