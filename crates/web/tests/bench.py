"""Times the page beside the program, one thread each, and prints the tables of docs/benchmarks.md:

    cargo xtask web && cargo build --release -p app
    pip install -r crates/web/tests/requirements.txt
    python crates/web/tests/bench.py target/web/two-layer-net.html target/release/app

CHROMIUM may name the browser; otherwise it is the one that `playwright install chromium` fetched.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from browser import launch

ROUNDS = 3
ITERATIONS = 10_000
OPENINGS = 9


def opened(browser, url):
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(url)
    while not page.evaluate("page.ready"):
        time.sleep(0.005)
    return page


def in_page(browser, url, gradient):
    """Seconds of the chapter's run in the page, from the press of Start."""
    page = opened(browser, f"{url}#gradient={gradient}")
    start = time.perf_counter()
    page.click("#play")
    while page.evaluate("page.iteration") < ITERATIONS:
        time.sleep(0.05)
    seconds = time.perf_counter() - start
    test = page.evaluate("page.current.evaluations.at(-1).test_accuracy")
    page.context.close()
    return seconds, test


def in_program(app, gradient):
    """Seconds of the same run by the program: all of the process."""
    with tempfile.TemporaryDirectory() as folder:
        command = [app, "train", "--dataset", "digits", "--gradient", gradient, "--precision", "f64", "--threads", "1"]
        command += ["--iterations", str(ITERATIONS), "--no-report", "--quiet", "--out", f"{folder}/run"]
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start


# In the page: presses Start as soon as it can be pressed, and answers when a loss is drawn.
FIRST_CURVE = """() => new Promise((done) => {
  const button = document.getElementById("play");
  const drawn = () => requestAnimationFrame(() => done([page.readyAt, performance.now()]));
  const look = () => (page.current.done > 0 ? drawn() : setTimeout(look, 1));
  const press = () => {
    if (button.disabled) return setTimeout(press, 1);
    button.click();
    look();
  };
  press();
})"""


def first_curve(browser, url):
    """Milliseconds from opening the page until the digits are drawn, and until a curve is."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(url)
    times = page.evaluate(FIRST_CURVE)
    page.context.close()
    return times


def main(path, app):
    url = Path(path).resolve().as_uri()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        print(f"Chromium {browser.version}; the page has {Path(path).stat().st_size:,} bytes\n")
        print(f"| {ITERATIONS:,} iterations, one thread, f64, {ROUNDS} rounds | median | least to most | iterations/s | times the program |")
        print("| --- | --- | --- | --- | --- |")
        for gradient in ("numerical", "backprop"):
            pages, programs = [], []
            for _ in range(ROUNDS):
                pages.append(in_page(browser, url, gradient)[0])
                programs.append(in_program(app, gradient))
            base = statistics.median(programs)
            for name, times in (("the page", pages), ("the program", programs)):
                middle = statistics.median(times)
                row = [f"{name}, {gradient}", f"{middle:.1f} s", f"{min(times):.1f} to {max(times):.1f} s"]
                print("| " + " | ".join([*row, f"{ITERATIONS / middle:,.0f}", f"{middle / base:.2f}"]) + " |")
        starts = [first_curve(browser, url) for _ in range(OPENINGS)]
        print(f"\n| from opening, {OPENINGS} times | median | least to most |\n| --- | --- | --- |")
        for name, times in zip(("a run is ready", "first piece of the curve"), zip(*starts)):
            print(f"| {name} | {statistics.median(times) / 1000:.2f} s | {min(times) / 1000:.2f} to {max(times) / 1000:.2f} s |")
        browser.close()


main(*sys.argv[1:])
