//! `cargo xtask web`: builds the chapter for the browser, as one HTML file that needs no server.

mod mnist;
mod page;
mod wasm;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;

use self::page::Parts;
pub(crate) use self::wasm::TARGET;
use crate::compile::Toolchain;
use crate::{checkout, say, text};

/// Build the chapter as one HTML file for the browser (needs the Rust target wasm32-unknown-unknown)
#[derive(clap::Args, Default)]
pub(crate) struct Args {
    /// Open the page in the browser
    #[arg(long)]
    open: bool,

    /// Put the first N training images and the first N/5 test images of MNIST into the page, from data/mnist in the
    /// checkout; 1000 add about 260 kB
    #[arg(long, value_name = "N")]
    with_mnist: Option<usize>,

    /// Use this WebAssembly, compiled elsewhere from crates/web, instead of compiling it
    #[arg(long, value_name = "FILE")]
    wasm: Option<PathBuf>,

    /// The file to write [default: target/web/two-layer-net.html in the checkout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The parts of the style and of the script, in order.
const STYLE: [&str; 2] = ["crates/report/src/page/base.css", "crates/web/page/page.css"];
const SCRIPT: [&str; 13] = [
    "crates/report/src/page/digit_image.js",
    "crates/report/src/page/canvas.js",
    "crates/web/page/words.js",
    "crates/web/page/experiment.js",
    "crates/web/page/charts.js",
    "crates/web/page/settings.js",
    "crates/web/page/shows.js",
    "crates/web/page/runs.js",
    "crates/web/page/state.js",
    "crates/web/page/link.js",
    "crates/web/page/files.js",
    "crates/web/page/update.js",
    "crates/web/page/page.js",
];
const START: [&str; 1] = ["crates/web/page/start.js"];
const WORKER: [&str; 1] = ["crates/web/page/worker.js"];
const TEMPLATE: &str = "crates/web/page/index.html";

/// Phones load the page without MNIST, so it must stay below this size.
const MAX_BYTES: usize = 1_500_000;

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = checkout();
    let page = build(&root, args)?;
    let out = args.out.clone().unwrap_or_else(|| root.join("target/web/two-layer-net.html"));
    replace(&out, &page).with_context(|| format!("cannot write {}", out.display()))?;
    say(format_args!("wrote {}, {} bytes", out.display(), page.len()));
    say("open it with a double click, or serve it from any static server");
    if args.open
        && let Err(error) = open(&out)
    {
        eprintln!("note: no browser opened it: {error:#}");
    }
    Ok(())
}

/// Compiles and assembles the page.
fn build(root: &Path, args: &Args) -> Result<String> {
    // check this before the slow step, compiling
    let mnist = args.with_mnist.map_or_else(|| Ok(String::new()), |count| mnist::blocks(root, count))?;
    let wasm = match &args.wasm {
        Some(path) => wasm::read(path)?,
        None => wasm::compile(root)?,
    };
    let parts = Parts {
        style: joined(root, &STYLE)?,
        start: joined(root, &START)?,
        script: joined(root, &SCRIPT)?,
        worker: joined(root, &WORKER)?,
        wasm: gzip(|file| file.write_all(&wasm))?,
        mnist,
    };
    let page = page::assemble(&text(root, TEMPLATE)?, &parts).with_context(|| format!("in {TEMPLATE}"))?;
    check_size(page.len(), args.with_mnist.is_some())?;
    Ok(page)
}

/// For `cargo xtask dist`: what is not installed here.
pub(crate) fn missing(root: &Path) -> Result<Option<String>> {
    Ok(Toolchain::of_target(root, TARGET)?.missing_library())
}

/// For `cargo xtask dist`: the page without MNIST, with these licences in a comment at its end.
pub(crate) fn with_licences(root: &Path, licences: &str) -> Result<String> {
    ensure!(!licences.contains("-->"), "a licence would end the comment that it is put into");
    let page = build(root, &Args::default())? + "<!--\n" + licences + "-->\n";
    check_size(page.len(), false)?;
    Ok(page)
}

/// Compresses the content that `write` writes.
fn gzip<E: std::error::Error + Send + Sync + 'static>(
    write: impl FnOnce(&mut GzEncoder<Vec<u8>>) -> Result<(), E>,
) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    write(&mut encoder)?;
    Ok(encoder.finish()?)
}

/// Files of the checkout, one after another; none of them may end its block in the page.
fn joined(root: &Path, paths: &[&str]) -> Result<String> {
    let mut all = String::new();
    for path in paths {
        let text = text(root, path)?;
        page::check_block(&text).with_context(|| format!("{path} cannot stand in the page"))?;
        all += &text;
    }
    Ok(all)
}

fn check_size(bytes: usize, with_mnist: bool) -> Result<()> {
    ensure!(
        bytes <= MAX_BYTES || with_mnist,
        "the page has {bytes} bytes, and without --with-mnist at most {MAX_BYTES} are allowed;\n\
         look for what has grown: the WebAssembly (`cargo tree -p two-layer-net-web` lists its crates), or the script"
    );
    Ok(())
}

/// Writes `page` to the file at `path`, completely or not at all.
fn replace(path: &Path, page: &str) -> Result<()> {
    let path = std::path::absolute(path)?;
    let folder = path.parent().context("it is not a file")?;
    fs::create_dir_all(folder)?;
    // the usual permissions of a new file; by default only its owner could read it
    let mut file = tempfile::Builder::new().make_in(folder, |name| fs::File::create_new(name))?;
    file.write_all(page.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

/// Opens a file in the desktop's browser.
fn open(path: &Path) -> Result<()> {
    let words: &[&str] = match std::env::consts::OS {
        "windows" => &["cmd", "/C", "start", ""],
        "macos" => &["open"],
        _ => &["xdg-open"],
    };
    let mut command = Command::new(words[0]);
    let status = command.args(&words[1..]).arg(path).stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot start {}", words[0]))?;
    if !status.success() {
        bail!("{}: {status}", words[0]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_in_this_checkout_make_a_page() {
        let root = checkout();
        let parts = Parts {
            style: joined(&root, &STYLE).unwrap(),
            start: joined(&root, &START).unwrap(),
            script: joined(&root, &SCRIPT).unwrap(),
            worker: joined(&root, &WORKER).unwrap(),
            wasm: b"\0asm".to_vec(),
            mnist: String::new(),
        };
        let page = page::assemble(&text(&root, TEMPLATE).unwrap(), &parts).unwrap();
        check_size(page.len(), false).unwrap();
    }

    #[test]
    fn a_part_that_would_end_its_block_is_named() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.js"), "1;\r\n2;\r\n").unwrap();
        fs::write(root.path().join("b.js"), "let s = '</SCRIPT>';\n").unwrap();
        assert_eq!(joined(root.path(), &["a.js", "a.js"]).unwrap(), "1;\n2;\n1;\n2;\n");
        let error = format!("{:#}", joined(root.path(), &["a.js", "b.js"]).unwrap_err());
        assert!(error.contains("b.js") && error.contains("</script"), "{error}");
        let error = format!("{:#}", joined(root.path(), &["c.js"]).unwrap_err());
        assert!(error.contains("cannot read c.js"), "{error}");
    }

    #[test]
    fn only_a_page_with_mnist_may_be_large() {
        check_size(MAX_BYTES, false).unwrap();
        check_size(MAX_BYTES + 1, true).unwrap();
        let error = check_size(MAX_BYTES + 1, false).unwrap_err().to_string();
        assert!(error.contains("1500001 bytes") && error.contains("1500000"), "{error}");
    }

    #[test]
    fn a_page_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/page.html");
        replace(&path, "first").unwrap();
        replace(&path, "second").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "second");
        assert!(replace(&folder.path().join("new"), "third").is_err());
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
