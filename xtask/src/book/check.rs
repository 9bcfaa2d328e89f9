//! Every local link of the finished HTML leads to a file, and to an element where it names one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Checks all pages below `book`, and returns how many links were looked at.
pub(super) fn run(book: &Path) -> Result<usize> {
    let mut pages = BTreeMap::new();
    for file in html_files(book)? {
        let html = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        pages.insert(file, attributes(&html));
    }
    let ids: BTreeMap<&PathBuf, BTreeSet<&str>> = pages
        .iter()
        .map(|(file, found)| (file, found.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()).collect()))
        .collect();
    let (mut checked, mut dead) = (0, Vec::new());
    for (page, found) in &pages {
        for (_, link) in found.iter().filter(|(name, _)| name == "href" || name == "src") {
            let first = link.split(['/', '#', '?']).next().unwrap_or_default();
            if first.contains(':') || link.starts_with("//") {
                continue; // of another server
            }
            checked += 1;
            let link = percent_decoded(link);
            let (path, id) = link.split_once('#').unwrap_or((&link, ""));
            let path = path.split('?').next().unwrap_or_default();
            let mut file = if path.is_empty() { page.clone() } else { page.parent().unwrap_or(book).join(path) };
            if path.ends_with('/') {
                file.push("index.html");
            }
            let file = normal(&file);
            let has_id = |ids: &BTreeSet<&str>| id.is_empty() || ids.contains(id);
            if !file.is_file() || !file.starts_with(book) || !ids.get(&file).is_none_or(has_id) {
                dead.push(format!("{}: {link}", page.strip_prefix(book).unwrap_or(page).display()));
            }
        }
    }
    ensure!(dead.is_empty(), "{} dead links in {}:\n{}", dead.len(), book.display(), dead.join("\n"));
    ensure!(checked > 0, "{} has no page", book.display());
    Ok(checked)
}

/// The .html files below a folder.
pub(super) fn html_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "html") {
                files.push(path);
            }
        }
    }
    Ok(files)
}

/// The path without `a/..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::ParentDir => {
                normal.pop();
            }
            component => normal.push(component),
        }
    }
    normal
}

/// The attributes of all tags, as name and value, but of what scripts and comments hold.
fn attributes(html: &str) -> Vec<(String, String)> {
    let (mut found, mut rest) = (Vec::new(), html);
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        if rest.starts_with("<!--") {
            rest = rest.find("-->").map_or("", |end| &rest[end..]);
            continue;
        }
        let is_script = rest.starts_with("<script");
        let name_end = rest.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(rest.len());
        rest = &rest[name_end..];
        loop {
            rest = rest.trim_start();
            let name_end = rest.find(|c: char| c.is_whitespace() || c == '=' || c == '>').unwrap_or(rest.len());
            let name = &rest[..name_end];
            rest = &rest[name_end..];
            if let Some(quoted) = rest.strip_prefix("=\"") {
                let end = quoted.find('"').unwrap_or(quoted.len());
                found.push((name.to_owned(), unescaped(&quoted[..end])));
                rest = quoted.get(end + 1..).unwrap_or("");
            } else if rest.starts_with('>') || rest.is_empty() {
                break;
            } else if name.is_empty() || rest.starts_with('=') {
                rest = rest.get(1..).unwrap_or("");
            }
        }
        if is_script {
            rest = rest.find("</script").map_or("", |end| &rest[end..]);
        }
    }
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&#39;", "'").replace("&#x27;", "'").replace("&lt;", "<").replace("&amp;", "&")
}

/// `%EC%99%9C` as the letter that it stands for.
fn percent_decoded(link: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), link.as_bytes());
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(index: &str, page: &str) -> Result<usize> {
        let book = tempfile::tempdir().unwrap();
        fs::create_dir(book.path().join("docs")).unwrap();
        fs::write(book.path().join("index.html"), index).unwrap();
        fs::write(book.path().join("docs/page.html"), page).unwrap();
        run(book.path())
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        let index = "<!-- <a href=\"no\"> --><a class=x href=\"docs/page.html#%EC%99%9C\">a</a> <a href=\"https://a.b/c\">b</a>\
                     <script>'<a href=\"no\">'</script><img alt='' src=\"docs/page.html\"/>";
        let page = "<h1 id=\"왜\">x</h1><a href=\"../index.html\">b</a> <a href=\"#왜\">c</a>";
        assert_eq!(checked(index, page).unwrap(), 4);
    }

    #[test]
    fn a_dead_link_fails_with_page_and_link() {
        for dead in ["no.html", "../index.html", "docs/page.html#no", "docs/page.html/", "docs/", "#no"] {
            let error =
                checked(&format!("<p>\n<a\n href=\"{dead}\">a</a>"), "<p id=\"here\">").unwrap_err().to_string();
            assert!(error.contains(&format!("index.html: {dead}")), "{error}");
        }
    }

    #[test]
    fn html_that_ends_early_is_read_to_its_end() {
        for html in [
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href=\"",
            "<a href=\"b",
            "<!--",
            "<script",
            "<a = \"b\" >",
            "<a ='b'>",
        ] {
            attributes(html);
        }
        assert_eq!(percent_decoded("%"), "%");
        assert_eq!(percent_decoded("%4"), "%4");
        assert_eq!(percent_decoded("a%zzb"), "a%zzb");
    }
}
