"""Settings and addresses: what goes on, what starts over, and what is refused."""

import pytest

#: Each preset's address, and what differs from the chapter there.
PRESETS = [
    ("", {}),
    ("weight_init_std=0", {"weight_init_std": 0}),
    ("weight_init_std=1", {"weight_init_std": 1}),
    ("learning_rate=10", {"learning_rate": 10}),
    ("batch_size=1&gradient=backprop", {"batch_size": 1, "gradient": "backprop"}),
    ("batch_size=60000&gradient=backprop", {"batch_size": 10000, "gradient": "backprop"}),
    ("h=1e-12&gradient=both", {"h": 1e-12, "gradient": "both"}),
    ("h=1&gradient=both", {"h": 1, "gradient": "both"}),
    ("train_limit=300", {"train_limit": 300}),
]

BOOK = {
    "train_limit": "",
    "hidden": 50,
    "activation": "sigmoid",
    "weight_init_std": 0.01,
    "learning_rate": 0.1,
    "batch_size": 100,
    "sampling": "replacement",
    "seed": 0,
    "gradient": "numerical",
    "h": 1e-4,
}


def address(web):
    return web.tab.url.partition("#")[2]


def test_another_learning_rate_changes_the_run_while_it_goes_on_and_stands_in_the_address(web):
    web.play()
    web.until("page.iteration > 10")
    web.set("learning_rate", "0.5")
    web.until("page.current.rates.length === 1")
    [[at, rate]] = web.get("page.current.rates")
    assert at > 10 and rate == 0.5
    assert web.get("page.playing") and web.get("page.earlier.length") == 0
    assert address(web) == "learning_rate=0.5&gradient=backprop"
    web.until(f"page.iteration > {at}")
    assert "η → 0.5" in web.text("#runs")

    slider = web.tab.get_by_role("slider", name="Learning rate")
    slider.focus()
    slider.press("ArrowRight")
    web.until("page.current.rates.length === 2")
    assert web.get("page.current.rates[1][1]") == pytest.approx(0.5 * 10**0.05, rel=0.01)
    assert float(web.tab.input_value("#s-learning_rate")) == web.get("page.current.rates[1][1]")
    assert f"learning_rate={web.get('page.config.learning_rate')}" in address(web)
    assert web.get("page.playing") and web.get("page.earlier.length") == 0


def test_another_learning_rate_gives_other_losses_from_there_on(web):
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    web.set("learning_rate", "2")
    web.until("page.current.rates.length === 1")
    web.click("#epoch")
    web.until("page.iteration === 201 && !page.playing")
    changed = web.losses
    web.set("learning_rate", "0.1")
    web.until("page.current.rates.length === 2")
    web.click("#reset")
    web.until("page.iteration === 0")
    for epoch in (101, 201):
        web.click("#epoch")
        web.until(f"page.iteration === {epoch} && !page.playing")
    assert web.losses[:101] == changed[:101]
    assert web.losses[101] != changed[101], "the loss of a minibatch is that after its update"


def test_any_other_setting_starts_a_new_run_that_plays_on(web):
    web.play()
    others = {"hidden": 20, "activation": "tanh", "weight_init_std": 0.1, "batch_size": 50, "sampling": "shuffle"}
    others |= {"seed": 3, "gradient": "both", "h": 0.001, "train_limit": 500}
    for count, (key, value) in enumerate(others.items(), 1):
        web.until("page.iteration > 0")
        web.set(key, str(value))
        web.until(f"page.current.config.{key} === {value!r} && page.playing")
        assert web.get("page.earlier.length") == min(count, 5), key
        assert f"{key}={value}" in address(web)
    web.until("page.iteration > 0")


@pytest.mark.parametrize(
    ("key", "values", "range_"),
    [
        ("hidden", ["0", "1001", "2.5", "many", ""], "a whole number from 1 to 1000"),
        ("learning_rate", ["0", "-1", "101", "Infinity", "x"], "a number from 0.001 to 100"),
        ("batch_size", ["0", "60001", "1e99"], "a whole number from 1 to 60000"),
        ("seed", ["-1", "9007199254740992", "0.5"], "a whole number from 0 to"),
        ("h", ["0", "-1", "NaN"], "a number from 1e-15 to 10"),
        ("weight_init_std", ["-0.1", "101"], "a number from 0 to 100"),
        ("train_limit", ["0", "-5", "all"], "a whole number from 1 to 60000"),
    ],
)
def test_values_out_of_range_are_refused_with_a_sentence_and_the_run_stays(shared, key, values, range_):
    web = shared
    if web.iteration == 0:
        web.click("#step")
        web.until("page.iteration === 1")
    before = web.get("[page.iteration, page.current.config, page.earlier.length]")
    for value in values:
        web.set(key, value)
        assert f"expected {range_}" in web.notice, value
        assert web.tab.get_attribute(f"#s-{key}", "aria-invalid") == "true"
    web.settled()
    assert web.get("[page.iteration, page.current.config, page.earlier.length]") == before


@pytest.fixture(scope="module")
def shared(browser, web_page):
    """One page for the rows of a table; it is not looked at for noise."""
    from opened import Opened

    context = browser.new_context(locale="en-US")
    web = Opened(context.new_page())
    web.tab.goto(web_page.as_uri())
    web.until("page.ready")
    yield web
    context.close()


def test_an_address_opens_exactly_that_experiment_and_a_reload_keeps_it(open_page):
    experiment = "train_limit=500&hidden=20&activation=tanh&weight_init_std=0.5&learning_rate=0.3&batch_size=10"
    experiment += "&sampling=shuffle&seed=3&gradient=both&h=0.001"
    web = open_page(experiment)
    config = {"train_limit": 500, "hidden": 20, "activation": "tanh", "weight_init_std": 0.5, "learning_rate": 0.3}
    config |= {"batch_size": 10, "sampling": "shuffle", "seed": 3, "gradient": "both", "h": 0.001}
    assert web.get("page.current.config") == config
    for key, value in config.items():
        assert web.tab.input_value(f"#s-{key}") == str(value)
    assert web.get("page.view.neurons") == 20
    web.set("seed", "4")
    web.until("page.current.config.seed === 4")
    web.tab.reload()
    web.until("page.ready")
    assert web.get("page.current.config") == config | {"seed": 4}
    assert address(web) == experiment.replace("seed=3", "seed=4")


def test_unknown_words_in_an_address_are_named_and_the_rest_is_used(open_page):
    web = open_page("colour=blue&hidden=20")
    for count, wrong in enumerate(["colour=blue", "activation=step", "batch_size=0"]):
        web.get(f"location.hash = '#{wrong}&hidden={20 + count}'")
        web.until(f"page.current.config.hidden === {20 + count}")
        assert wrong in web.notice
        assert web.get("page.current.config") == BOOK | {"hidden": 20 + count}


def test_an_address_typed_into_the_open_page_is_used_and_its_unknown_words_stay_named(web):
    web.play()
    web.until("page.iteration > 0")
    web.get("location.hash = '#seed=7&gradient=backprop&wrong=1'")
    web.until("page.current.config.seed === 7 && page.playing && page.iteration > 0")
    assert "wrong=1" in web.notice
    web.tab.go_back()
    web.until("page.current.config.seed === 0")
    assert web.get("page.current.config.gradient") == "backprop"


def test_each_preset_sets_what_its_address_says_and_begins(open_page):
    web = open_page("seed=9")
    assert web.get("PRESETS.map((preset) => preset.address)") == [experiment for experiment, _ in PRESETS]
    for experiment, changes in PRESETS:
        web.tab.locator("#presets a").nth(PRESETS.index((experiment, changes))).click()
        config = BOOK | changes
        web.until(f"JSON.stringify(page.current.config) === JSON.stringify({config!r})".replace("'", '"'))
        web.until("page.iteration > 0 || page.current.config.batch_size === 10000")
        assert web.tab.locator("#presets [aria-current]").count() == 1
        assert web.text("#watch")
        assert web.get("fromAddress(location.hash).config") == config
