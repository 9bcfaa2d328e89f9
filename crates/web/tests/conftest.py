"""What the tests of the page share: a browser, the page in it, and what must hold after every test.

========== ================================================== ============== ==================================
variable   names                                              required by    without it
========== ================================================== ============== ==================================
WEB_PAGE   the page, one HTML file, as `cargo xtask web` says REQUIRE_WEB    the tests skip
APP        the program `app`                                  REQUIRE_APP    target/debug/app of the checkout
CHROMIUM   the browser's program                                             the one that playwright installed
========== ================================================== ============== ==================================
"""

import contextlib
import functools
import http.server
import os
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from browser import launch
from opened import Opened

ROOT = Path(__file__).resolve().parents[3]


def found_or_skip(variable, default, required):
    """The file in a variable, or the default; where it is not there the test skips, or fails if it must be there."""
    name = os.environ.get(variable) or default
    if name and Path(name).is_file():
        return Path(name).resolve()
    text = f"{name} is not there; set {variable}" if name else f"{variable} is not set: it names the page"
    if os.environ.get(required) == "1":
        pytest.fail(f"{required}=1, but {text}")
    pytest.skip(text)


@pytest.fixture(scope="session")
def web_page():
    """The page as one file."""
    return found_or_skip("WEB_PAGE", None, "REQUIRE_WEB")


@pytest.fixture(scope="session")
def app():
    """The program `app` of this checkout."""
    name = "app.exe" if sys.platform == "win32" else "app"
    return found_or_skip("APP", ROOT / "target/debug" / name, "REQUIRE_APP")


@pytest.fixture(scope="session")
def browser(web_page):
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, web_page):
    """Opens the page with the part of an address after #, ready to train; at the end it must have been silent.

    That is: nothing on the console, no error, and no request but for the page itself, blob: and data:.
    """
    noise = []
    with contextlib.ExitStack() as stack:

        def opened(experiment="", *, url=None, ready=True, width=1280, height=900, **options):
            url = url or web_page.as_uri()
            size = {"width": width, "height": height}
            context = browser.new_context(**{"locale": "en-US", "viewport": size, **options})
            stack.callback(context.close)
            context.on("console", lambda message: noise.append(f"console: {message.type}: {message.text}"))
            context.on("weberror", lambda error: noise.append(f"error: {error.error}"))

            def asked(request):
                if request.url.split("#")[0] != url and not request.url.startswith(("blob:", "data:")):
                    noise.append(f"request: {request.url}")

            context.on("request", asked)
            page = context.new_page()
            page.goto(f"{url}#{experiment}" if experiment else url)
            web = Opened(page)
            if ready:
                web.until("page.ready")
            return web

        yield opened
        assert noise == []


@pytest.fixture
def web(open_page):
    """The page with the chapter's experiment by backpropagation, which is fast."""
    return open_page("gradient=backprop")


@pytest.fixture(scope="session")
def good_net(browser, web_page, tmp_path_factory):
    """A .npz of a net that reads digits, as the page saves it."""
    page = browser.new_page()
    page.goto(f"{web_page.as_uri()}#gradient=backprop&learning_rate=1&batch_size=50")
    web = Opened(page)
    web.until("page.ready")
    web.play()
    web.until("page.current.evaluations.at(-1)?.test_accuracy > 0.93")
    web.pause()
    path = tmp_path_factory.mktemp("net") / "good.npz"
    path.write_bytes(web.saved("#save-npz"))
    page.close()
    return path


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and keeps what was asked for."""

    asked = []

    def log_message(self, form, *args):
        self.asked.append(self.path)


@pytest.fixture
def served():
    """Serves the folder of a file on this computer: served(path) is its address and the list of what is asked for."""
    with contextlib.ExitStack() as stack:

        def serve(path):
            handler = functools.partial(type("Handler", (Quiet,), {"asked": []}), directory=path.parent)
            server = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
            stack.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            return f"http://127.0.0.1:{server.server_port}/{path.name}", handler.func.asked

        yield serve
