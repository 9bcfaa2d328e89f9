//! `cargo xtask book`: the pages of this repository as one book, to be read offline or put on a web server.
//!
//! mdBook makes the HTML. It wants every page below one folder, so the pages are copied to target/book-src first, where
//! their relative links stay as they are. Links to files that the book does not have become text on the way.

mod check;
mod links;

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::{checkout, say, text};

/// The version that the book was looked at with.
const MDBOOK: &str = "0.5.4";

/// Where the list of pages is: its links are relative to docs, as on the page of a repository.
const SUMMARY: &str = "docs/SUMMARY.md";

pub(crate) fn run() -> Result<()> {
    let root = checkout();
    let (source, book) = (root.join("target/book-src"), root.join("target/book"));
    let mdbook = mdbook()?;
    for folder in [&source, &book] {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot empty {}", folder.display()));
            }
            _ => {}
        }
    }
    write_source(&root, &source)?;
    let status = Command::new(&mdbook)
        .arg("build")
        .arg(&source)
        .arg("--dest-dir")
        .arg(&book)
        .status()
        .with_context(|| format!("cannot start {}", mdbook.display()))?;
    ensure!(status.success(), "mdbook build: {status}; its input is in {}", source.display());
    say_korean(&book)?;
    let checked = check::run(&book)?;
    say(format_args!("wrote {}, {checked} links checked", book.join("index.html").display()));
    Ok(())
}

/// The mdbook in MDBOOK, or on the path.
fn mdbook() -> Result<PathBuf> {
    let program = PathBuf::from(env::var_os("MDBOOK").unwrap_or_else(|| OsString::from("mdbook")));
    let output = match Command::new(&program).arg("--version").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => bail!(
            "{} is not installed; `cargo install mdbook@{MDBOOK} --locked --no-default-features --features search` installs \
             it, and the variable MDBOOK names one that is not on the path",
            program.display()
        ),
        output => output.with_context(|| format!("cannot start {}", program.display()))?,
    };
    let printed = String::from_utf8_lossy(&output.stdout);
    let version = printed.lines().next().unwrap_or_default();
    if !version.ends_with(MDBOOK) {
        eprintln!("warning: this is {version:?}; the book was tested with {MDBOOK}");
    }
    Ok(program)
}

/// Writes what mdBook reads: book.toml with a style, and below src the pages and the files that they link to.
fn write_source(root: &Path, source: &Path) -> Result<()> {
    let pages = pages(root)?;
    let repository = repository(root)?;
    let write = |path: &Path, content: &[u8]| -> Result<()> {
        let path = source.join(path);
        let folder = path.parent().context("a file without a folder")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    };
    for name in ["book.toml", "book.css"] {
        write(Path::new(name), &read(root, &Path::new("docs").join(name))?)?;
    }
    let book = links::Book { pages: &pages, repository: repository.as_deref() };
    let mut files = BTreeSet::new();
    for page in &pages {
        let text = text(root, page)?;
        let found = book.page(page, &text)?;
        files.extend(found.files);
        write(&Path::new("src").join(links::renamed(page)), found.text.as_bytes())?;
    }
    for file in &files {
        write(&Path::new("src").join(file), &read(root, file)?)?;
    }
    let summary = text(root, SUMMARY)?;
    write(Path::new("src/SUMMARY.md"), book.summary(Path::new(SUMMARY), &summary)?.as_bytes())
}

fn read(root: &Path, file: &Path) -> Result<Vec<u8>> {
    let file = root.join(file);
    fs::read(&file).with_context(|| format!("cannot read {}", file.display()))
}

/// The pages that the summary lists, relative to the root of the checkout.
fn pages(root: &Path) -> Result<BTreeSet<PathBuf>> {
    let summary = text(root, SUMMARY)?;
    let mut pages = BTreeSet::new();
    for page in links::targets(Path::new(SUMMARY), &summary) {
        ensure!(root.join(&page).is_file(), "{SUMMARY} lists {}, which is not there", page.display());
        ensure!(pages.insert(page.clone()), "{SUMMARY} lists {} twice", page.display());
    }
    Ok(pages)
}

/// The address of the repository, where the workspace states one.
fn repository(root: &Path) -> Result<Option<String>> {
    let manifest = text(root, "Cargo.toml")?;
    let value = manifest.lines().find_map(|line| line.strip_prefix("repository = \"")?.strip_suffix('"'));
    Ok(value.map(|value| value.trim_end_matches('/').to_owned()))
}

/// Tells browsers and screen readers which pages are Korean; mdBook knows one language for all of them.
fn say_korean(book: &Path) -> Result<()> {
    for page in check::html_files(book)? {
        if page.to_string_lossy().ends_with(".ko.html") {
            let html = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
            ensure!(html.contains("<html lang=\"en\""), "{} names no language to be changed", page.display());
            let html = html.replacen("<html lang=\"en\"", "<html lang=\"ko\"", 1);
            fs::write(&page, html).with_context(|| format!("cannot write {}", page.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workflow_installs_the_version_that_is_named_here() {
        let workflow = text(&checkout(), ".github/workflows/ci.yml").unwrap();
        assert!(
            workflow.contains(&format!("cargo install mdbook@{MDBOOK} --locked")),
            "ci.yml has not mdBook {MDBOOK}"
        );
    }

    #[test]
    fn the_summary_names_every_page_of_docs_once() {
        let root = checkout();
        let listed = pages(&root).unwrap(); // an error where one is listed twice
        for entry in fs::read_dir(root.join("docs")).unwrap() {
            let name = entry.unwrap().file_name();
            let page = Path::new("docs").join(&name);
            if page.extension().is_some_and(|extension| extension == "md") && page != Path::new(SUMMARY) {
                assert!(listed.contains(&page), "{SUMMARY} does not list {}", page.display());
            }
        }
        assert!(listed.contains(Path::new("README.md")) && listed.contains(Path::new("README.ko.md")));
    }

    #[test]
    fn what_mdbook_reads_has_every_page_and_no_link_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        write_source(&checkout(), folder.path()).unwrap();
        let source = folder.path().join("src");
        let mut links = 0;
        for page in pages(&checkout()).unwrap() {
            let page = links::renamed(&page);
            let text = fs::read_to_string(source.join(&page)).unwrap();
            for target in links::targets(&page, &text) {
                assert!(source.join(&target).is_file(), "{}: {}", page.display(), target.display());
                links += 1;
            }
        }
        assert!(links > 100, "{links}");
        assert!(fs::read_to_string(source.join("SUMMARY.md")).unwrap().contains("](index.md)"));
        assert!(folder.path().join("book.toml").is_file());
    }
}
