//! Links of a page of Markdown: the ones that stay within the book are kept, the others become text.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, ensure};
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag};

/// What the book has.
pub(super) struct Book<'a> {
    /// Its pages, relative to the root of the checkout.
    pub(super) pages: &'a BTreeSet<PathBuf>,
    /// Where other files can be seen.
    pub(super) repository: Option<&'a str>,
}

/// A page of the book.
pub(super) struct Rewritten {
    pub(super) text: String,
    /// Files of docs that it links to or shows, and that the book needs too.
    pub(super) files: BTreeSet<PathBuf>,
}

impl Book<'_> {
    /// Rewrites the links of a page.
    pub(super) fn page(&self, page: &Path, text: &str) -> Result<Rewritten> {
        let mut files = BTreeSet::new();
        let text = rewrite(page, text, |link| {
            if self.pages.contains(&link.target) {
                return link.with_destination(&renamed_destination(link.destination));
            }
            if link.target.starts_with("docs") && link.target.extension().is_some_and(|extension| extension != "md") {
                files.insert(link.target.clone());
                return link.source.to_owned();
            }
            match self.repository {
                Some(address) => link.with_destination(&format!("{address}/blob/HEAD/{}", link.shown())),
                None if link.label.trim_matches('`') == link.shown() => format!("`{}`", link.shown()),
                None => format!("{} (`{}`)", link.label, link.shown()),
            }
        })?;
        Ok(Rewritten { text, files })
    }

    /// The list of pages, which moves from docs to the folder above.
    pub(super) fn summary(&self, page: &Path, text: &str) -> Result<String> {
        rewrite(page, text, |link| link.with_destination(&slashes(&renamed(&link.target))))
    }
}

/// README.md is the page of its folder, which a web server knows as index.html.
pub(super) fn renamed(page: &Path) -> PathBuf {
    if page.file_name().is_some_and(|name| name == "README.md") { page.with_file_name("index.md") } else { page.into() }
}

fn renamed_destination(destination: &str) -> String {
    let (file, id) = destination.split_at(destination.find('#').unwrap_or(destination.len()));
    slashes(&renamed(Path::new(file))) + id
}

/// The files that the links and pictures of a page lead to, relative to the root.
pub(super) fn targets(page: &Path, text: &str) -> Vec<PathBuf> {
    relative_links(text).into_iter().filter_map(|link| target(page, &link.destination)).collect()
}

struct Link<'a> {
    /// As written: `[label](destination)`.
    source: &'a str,
    label: &'a str,
    destination: &'a str,
    /// The file, relative to the root.
    target: PathBuf,
}

impl Link<'_> {
    fn with_destination(&self, destination: &str) -> String {
        let bang = if self.source.starts_with('!') { "!" } else { "" };
        format!("{bang}[{}]({destination})", self.label)
    }

    fn shown(&self) -> String {
        slashes(&self.target)
    }
}

/// The text with another text in the place of each relative link.
fn rewrite(page: &Path, text: &str, mut replacement: impl FnMut(&Link) -> String) -> Result<String> {
    let (mut rewritten, mut end) = (String::new(), 0);
    for Found { range, destination, inline } in relative_links(text) {
        let Some(target) = target(page, &destination) else { continue };
        let source = &text[range.clone()];
        let label = source.trim_start_matches('!').strip_prefix('[');
        let label = label.and_then(|rest| rest.strip_suffix(&format!("]({destination})")));
        ensure!(inline && label.is_some(), "{}: write {source} as [text](file), without a title", page.display());
        let link = Link { source, label: label.unwrap_or_default(), destination: &destination, target };
        rewritten += &text[end..range.start];
        rewritten += &replacement(&link);
        end = range.end;
    }
    Ok(rewritten + &text[end..])
}

struct Found {
    range: Range<usize>,
    destination: String,
    inline: bool,
}

fn relative_links(text: &str) -> Vec<Found> {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter();
    let links = events.filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
            let elsewhere = dest_url.contains("://") || dest_url.starts_with('#') || link_type == LinkType::Email;
            (!elsewhere).then(|| Found {
                range,
                destination: dest_url.to_string(),
                inline: link_type == LinkType::Inline,
            })
        }
        _ => None,
    });
    links.collect()
}

/// The file of a destination, relative to the root; none for a place outside of the checkout.
fn target(page: &Path, destination: &str) -> Option<PathBuf> {
    let file = destination.split('#').next().unwrap_or_default();
    let mut target = page.parent().unwrap_or(Path::new("")).to_path_buf();
    for component in Path::new(file).components() {
        match component {
            Component::ParentDir => target.pop().then_some(())?,
            Component::Normal(name) => target.push(name),
            _ => {}
        }
    }
    Some(target)
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_the_book(page: &str, text: &str, repository: Option<&str>) -> (String, Vec<String>) {
        let pages = ["README.md", "docs/guide.md", "docs/faq.md"].map(PathBuf::from).into();
        let found = Book { pages: &pages, repository }.page(Path::new(page), text).unwrap();
        (found.text, found.files.iter().map(|file| slashes(file)).collect())
    }

    #[test]
    fn links_to_pages_stay_and_readme_is_the_index() {
        for (page, text) in [
            ("docs/guide.md", "[a](faq.md#why) [b](#here)"),
            ("README.md", "[the `guide`](docs/guide.md)"),
            ("README.md", "<https://rustup.rs> [a](https://b.c/README.md)"),
            ("README.md", "`[a](b.rs)`\n\n    [a](b.rs)\n"),
        ] {
            assert_eq!(in_the_book(page, text, None), (text.to_owned(), vec![]), "{text}");
        }
        let text = "[a](../README.md) [b](../README.md#c)";
        assert_eq!(in_the_book("docs/guide.md", text, None).0, "[a](../index.md) [b](../index.md#c)");
    }

    #[test]
    fn links_to_sources_become_text_or_lead_to_the_repository() {
        let text = "[crates/net/src/lib.rs](../crates/net/src/lib.rs) and [a program](../examples/a.rs#L3)";
        assert_eq!(
            in_the_book("docs/guide.md", text, None).0,
            "`crates/net/src/lib.rs` and a program (`examples/a.rs`)"
        );
        assert_eq!(
            in_the_book("docs/guide.md", text, Some("https://a.b/c")).0,
            "[crates/net/src/lib.rs](https://a.b/c/blob/HEAD/crates/net/src/lib.rs) and \
             [a program](https://a.b/c/blob/HEAD/examples/a.rs)"
        );
    }

    #[test]
    fn pictures_and_notebooks_come_along() {
        let text = "![a net](figures/net.svg) and [a notebook](notebooks/a.ipynb)";
        let files = ["docs/figures/net.svg", "docs/notebooks/a.ipynb"].map(str::to_owned).to_vec();
        assert_eq!(in_the_book("docs/guide.md", text, None), (text.to_owned(), files));
    }

    #[test]
    fn a_link_that_cannot_be_rewritten_is_named() {
        let pages = BTreeSet::new();
        let book = Book { pages: &pages, repository: None };
        for text in ["[a][b]\n\n[b]: c.rs", "[a](c.rs \"title\")"] {
            let error = book.page(Path::new("docs/guide.md"), text).err().unwrap().to_string();
            assert!(error.contains("docs/guide.md") && error.contains("[a]"), "{error}");
        }
    }
}
