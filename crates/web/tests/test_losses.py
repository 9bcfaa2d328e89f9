"""The page computes what the program `app` computes, bit for bit."""

import csv
import io
import json
import subprocess
import xml.etree.ElementTree

import pytest

RUNS = [
    ("", ["--gradient", "numerical"]),
    (
        "gradient=backprop&seed=5&activation=tanh&sampling=shuffle&hidden=30&learning_rate=0.3&batch_size=50",
        "--gradient backprop --precision f64 --seed 5 --activation tanh --sampling shuffle --hidden 30 "
        "--learning-rate 0.3 --batch-size 50".split(),
    ),
]


@pytest.mark.parametrize(("experiment", "options"), RUNS, ids=["chapter", "backprop"])
def test_the_losses_of_200_iterations_are_those_of_the_program_bit_for_bit(open_page, app, tmp_path, experiment, options):
    folder = tmp_path / "run"
    command = [app, "train", "--dataset", "digits", *options, "--iterations", "200", "--out", folder, "--no-report", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    expected = [loss for line in lines for loss in line.get("losses", [])]
    assert len(expected) == 200

    web = open_page(experiment)
    web.play()
    web.until("page.iteration >= 200")
    web.pause()
    assert web.losses[:200] == expected
    accuracies = {line["iteration"]: line["test_accuracy"] for line in lines if line.get("test_accuracy") is not None}
    shown = {e["iteration"]: e["test_accuracy"] for e in web.get("page.current.evaluations")}
    both = accuracies.keys() & shown.keys()
    assert len(both) >= 1 and all(accuracies[k] == shown[k] for k in both)


def test_the_numbers_as_csv_are_those_of_the_runs(web):
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    web.set("seed", "1")
    web.until("page.current.config.seed === 1 && page.ready")
    web.click("#step")
    web.until("page.iteration === 1")
    rows = list(csv.DictReader(io.StringIO(web.saved("#save-csv").decode())))
    assert list(rows[0]) == ["run", "iteration", "loss", "train_accuracy", "test_accuracy"]
    for name, run in [("1: seed 1, gradient backprop", "page.current"), ("2: gradient backprop", "page.earlier[0]")]:
        of_run = [row for row in rows if row["run"] == name]
        assert [int(row["iteration"]) for row in of_run] == web.get(f"{run}.xs")
        assert [float(row["loss"]) for row in of_run] == web.get(f"{run}.ys")
        evaluated = [(int(r["iteration"]), float(r["test_accuracy"])) for r in of_run if r["test_accuracy"]]
        assert evaluated == [(e["iteration"], e["test_accuracy"]) for e in web.get(f"{run}.evaluations")]


def test_the_curves_as_svg_are_a_file_of_their_own_without_script_or_address(web):
    web.click("#epoch")
    web.until("page.iteration === 101 && !page.playing")
    svg = xml.etree.ElementTree.fromstring(web.saved("#save-svg"))
    space = "{http://www.w3.org/2000/svg}"
    assert svg.tag == f"{space}svg"
    tags = [element.tag for element in svg.iter()]
    assert set(tags) <= {space + name for name in ("svg", "rect", "line", "text", "path")}
    assert tags.count(f"{space}path") == 4
    for element in svg.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on") and "href" not in name, name
            assert "url(" not in value and "http" not in value, (name, value)
            assert "var(" not in value, "a colour of the page would be missing"
    assert "gradient backprop" in [element.text for element in svg.iter(f"{space}text")]
