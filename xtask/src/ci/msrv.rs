//! Checks that no dependency needs a newer Rust than the workspace promises.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};

use super::metadata::Metadata;

pub(super) fn run(root: &Path) -> Result<()> {
    check(&Metadata::read(root)?)
}

fn check(metadata: &Metadata) -> Result<()> {
    let mut floor = None;
    for member in metadata.members() {
        let version = member
            .rust_version
            .as_deref()
            .with_context(|| format!("{} names no rust-version; inherit the workspace's", member.name))?;
        // The oldest version that a member promises counts for all.
        let version = parse(version)?;
        floor = Some(floor.map_or(version, |floor: Version| floor.min(version)));
    }
    let floor = floor.context("the workspace has no members")?;
    let mut newer = String::new();
    for package in &metadata.packages {
        if let Some(version) = &package.rust_version
            && parse(version)? > floor
        {
            newer += &format!("\n  {} {} needs {version}", package.name, package.version);
        }
    }
    if newer.is_empty() {
        return Ok(());
    }
    bail!(
        "the workspace promises Rust {}.{}, but{newer}\n\
         take an older version of it, or raise rust-version in Cargo.toml and say so in the README",
        floor.0,
        floor.1
    )
}

type Version = (u32, u32, u32);

/// Cargo writes 1.89 or 1.89.0.
fn parse(version: &str) -> Result<Version> {
    let mut numbers = version.split('.').map(str::parse);
    let mut next = || numbers.next().unwrap_or(Ok(0));
    match (next(), next(), next()) {
        (Ok(major), Ok(minor), Ok(patch)) => Ok((major, minor, patch)),
        _ => Err(anyhow!("rust-version {version:?} is not one, expected like 1.89")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(dependency: &str) -> Metadata {
        let json = format!(
            r#"{{"packages": [
                {{"id": "a", "name": "net", "version": "0.1.0", "rust_version": "1.89"}},
                {{"id": "b", "name": "old", "version": "2.0.0", "rust_version": null}},
                {{"id": "c", "name": "dep", "version": "3.1.4", "rust_version": "{dependency}"}}
            ], "workspace_members": ["a"]}}"#
        );
        Metadata::parse(&json).unwrap()
    }

    #[test]
    fn a_dependency_that_asks_for_the_same_or_an_older_rust_passes() {
        for version in ["1.9", "1.89", "1.89.0", "1.56.1"] {
            check(&metadata(version)).unwrap();
        }
    }

    #[test]
    fn a_dependency_that_asks_for_a_newer_rust_is_named() {
        for version in ["1.90", "1.89.1", "2.0"] {
            let error = check(&metadata(version)).unwrap_err().to_string();
            assert!(error.contains(&format!("dep 3.1.4 needs {version}")), "{error}");
        }
    }

    #[test]
    fn a_rust_version_that_is_not_one_is_an_error() {
        assert!(check(&metadata("stable")).is_err());
    }
}
