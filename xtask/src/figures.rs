//! `cargo xtask figures`: draws the pictures of README and docs, from real runs.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use report::{Axis, Chart, Mark, Series};
use serde::Deserialize;

use crate::{cargo, checkout, say};

pub(crate) fn run() -> Result<()> {
    let root = checkout();
    ensure!(root.join("data/mnist").is_dir(), "no MNIST in data/mnist; `cargo xtask fetch-mnist` fetches it");
    let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
    let out = folder.path().join("run");
    app(&root, &["train", "--dataset", "mnist", "--gradient", "numerical", "--out"], &out)?;
    let curve = root.join("docs/figures/curve.svg");
    fs::write(&curve, draw_curve(&root, &out)?).with_context(|| format!("cannot write {}", curve.display()))?;
    say(format_args!("wrote {}", curve.display()));
    let page = root.join("docs/figures/page.png");
    photograph(&out.join("report.html"), &page)?;
    say(format_args!("wrote {}", page.display()));
    for question in ["init-std", "step"] {
        app(&root, &["lab", question, "--svg"], &root.join(format!("docs/figures/{question}.svg")))?;
    }
    Ok(())
}

/// Runs `app` with these arguments and a path.
fn app(root: &Path, words: &[&str], path: &Path) -> Result<()> {
    let mut command = cargo(root);
    command.args(["run", "--release", "--locked", "-p", "app", "--"]).args(words).arg(path);
    let status = command.status().context("cannot start cargo")?;
    ensure!(status.success(), "app {}: {status}", words.join(" "));
    Ok(())
}

/// Takes a picture of the top of a page in a browser.
fn photograph(page: &Path, png: &Path) -> Result<()> {
    const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
    let profile = tempfile::tempdir().context("cannot create a temporary folder")?;
    for browser in BROWSERS {
        let mut command = Command::new(browser);
        command
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"])
            .args(["--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=980,960"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--screenshot={}", png.display()))
            .arg(format!("file://{}", page.display()))
            .stderr(Stdio::null());
        match command.status() {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            status => {
                let status = status.with_context(|| format!("cannot start {browser}"))?;
                ensure!(status.success() && png.is_file(), "{browser}: {status}");
                return Ok(());
            }
        }
    }
    bail!("no browser for the picture of the page, looked for {}", BROWSERS.join(", "))
}

/// The accuracies after an iteration.
#[derive(Deserialize)]
struct Evaluation {
    iteration: f64,
    train_accuracy: f64,
    test_accuracy: f64,
}

/// The results printed in the book: epochs 0, 1, 2 and 16 with train and test accuracy.
const BOOK: [(f64, f64, f64); 4] =
    [(1.0, 0.0986, 0.0958), (601.0, 0.789, 0.795), (1201.0, 0.876, 0.881), (9601.0, 0.9471, 0.9465)];

/// The run in `out`, compared with the book's recipe in NumPy (docs/figures/chapter.py printed docs/figures/numpy.csv).
fn draw_curve(root: &Path, out: &Path) -> Result<String> {
    let log = out.join("log.jsonl");
    let text = fs::read_to_string(&log).with_context(|| format!("cannot read {}", log.display()))?;
    let ours: Vec<Evaluation> =
        text.lines().skip(1).map(serde_json::from_str).collect::<Result<_, _>>().context("the log of the run")?;
    let numpy = root.join("docs/figures/numpy.csv");
    let numpy = fs::read_to_string(&numpy).with_context(|| format!("cannot read {}", numpy.display()))?;
    let numpy = numpy.lines().skip(1).filter_map(|line| {
        let mut fields = line.split(',').map(str::parse::<f64>);
        let (iteration, _train, test) = (fields.next()?.ok()?, fields.next()?.ok()?, fields.next()?.ok()?);
        Some((iteration, test))
    });
    let series = vec![
        Series::new("ours, train", Mark::Line, ours.iter().map(|e| (e.iteration, e.train_accuracy))),
        Series::new("the book's recipe in NumPy, test", Mark::Line, numpy),
        Series::new("ours, test", Mark::Dashes, ours.iter().map(|e| (e.iteration, e.test_accuracy))),
        Series::new("printed in the book, test", Mark::Dots, BOOK.map(|(iteration, _, test)| (iteration, test))),
    ];
    let title = "784-50-10 on MNIST: ours by numerical gradients, NumPy by backpropagation";
    Ok(Chart::new(title, Axis::linear("iteration"), Axis::linear("accuracy"), series).to_svg(760, 420)?)
}
