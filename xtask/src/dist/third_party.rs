//! THIRD-PARTY.txt: the licences of the crates in the program, which require a copy with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::ci;
use crate::ci::metadata::{Metadata, Package};

/// For the crates that `package` is compiled with for `target`.
pub(super) fn text(root: &Path, package: &str, target: &str) -> Result<String> {
    let args = ["tree", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}", "--target"];
    let tree = ci::output(root, &[&args[..], &[target]].concat())?;
    let metadata = Metadata::of_target(root, target)?;
    let mut used: Vec<&Package> = metadata.others().filter(|package| is_listed(&tree, package)).collect();
    used.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    let mut texts = Vec::new();
    for package in &used {
        let folder = package.manifest_path.parent().context("a manifest outside of any folder")?;
        texts.push(licences(folder).with_context(|| format!("cannot read the licences of {}", package.name))?);
    }
    Ok(together(&used, &texts))
}

/// Whether a line of `cargo tree` is this package: `serde v1.0.0`, perhaps followed by ` (proc-macro)`.
fn is_listed(tree: &str, package: &Package) -> bool {
    let line = format!("{} v{}", package.name, package.version);
    tree.lines().any(|other| other.strip_prefix(&line).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

/// The licence texts next to a manifest, in the order of their names.
fn licences(folder: &Path) -> Result<Vec<String>> {
    const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];
    let mut texts = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if NAMES.iter().any(|start| name.starts_with(start)) && fs::metadata(entry.path())?.is_file() {
            let text = String::from_utf8_lossy(&fs::read(entry.path())?).replace("\r\n", "\n");
            texts.insert(name, text.trim().to_owned());
        }
    }
    Ok(texts.into_values().collect())
}

/// A list of the packages, then each text once, below the names of its packages.
fn together(packages: &[&Package], texts: &[Vec<String>]) -> String {
    let mut all = "The program is compiled with these crates and with Rust's standard library (MIT OR Apache-2.0).\n\n"
        .to_owned();
    let mut owners: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (i, (package, texts)) in packages.iter().zip(texts).enumerate() {
        let licence = package.license.as_deref().unwrap_or("see its text below");
        let _ = writeln!(all, "{} {}: {licence}", package.name, package.version);
        for text in texts {
            owners.entry(text).or_default().insert(i);
        }
    }
    let mut blocks: Vec<(&str, BTreeSet<usize>)> = owners.into_iter().collect();
    blocks.sort_by(|a, b| a.1.cmp(&b.1));
    for (text, owners) in blocks {
        let names: Vec<&str> = owners.iter().map(|&i| packages[i].name.as_str()).collect();
        let _ = write!(all, "\n{}\n{}\n\n{text}\n", "-".repeat(80), names.join(", "));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{"workspace_members":[],"packages":[
        {"id":"a","name":"serde","version":"1.0.0","license":"MIT OR Apache-2.0"},
        {"id":"b","name":"serde_json","version":"1.0.0","license":"MIT"},
        {"id":"c","name":"old","version":"0.1.0"}]}"#;

    #[test]
    fn a_package_is_listed_by_its_whole_name_and_version() {
        let metadata = Metadata::parse(METADATA).unwrap();
        let listed =
            |tree: &str| -> Vec<bool> { metadata.packages.iter().map(|package| is_listed(tree, package)).collect() };
        assert_eq!(listed("app v0.1.0 (/net)\nserde_json v1.0.0\nold v0.1.0 (proc-macro)\n"), [false, true, true]);
        assert_eq!(listed("serde v1.0.01\nserde v1.0.0 (*)\n"), [true, false, false]);
    }

    #[test]
    fn texts_are_read_beside_the_manifest_and_others_are_not() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("LICENSE-MIT", "mit\r\n"), ("license.md", "md"), ("Notice", "n"), ("src.rs", "code")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::create_dir(folder.path().join("LICENSES")).unwrap();
        assert_eq!(licences(folder.path()).unwrap(), ["mit", "md", "n"]);
    }

    #[test]
    fn a_text_that_packages_share_stands_once_below_their_names() {
        let metadata = Metadata::parse(METADATA).unwrap();
        let texts = [vec!["apache".to_owned(), "mit".to_owned()], vec!["mit".to_owned()], vec![]];
        let all = together(&metadata.packages.iter().collect::<Vec<_>>(), &texts);
        assert!(all.contains("serde_json 1.0.0: MIT\nold 0.1.0: see its text below\n"), "{all}");
        assert_eq!(all.matches("\nmit\n").count(), 1, "{all}");
        assert!(all.contains("\nserde, serde_json\n\nmit\n"), "{all}");
        assert!(all.contains("\nserde\n\napache\n"), "{all}");
    }
}
