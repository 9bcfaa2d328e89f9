"""The browser of the tests and scripts."""

import os

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)


def launch(playwright):
    """Chromium: the one that CHROMIUM names, or else the one that `playwright install chromium` fetched."""
    return playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=FLAGS.split())
