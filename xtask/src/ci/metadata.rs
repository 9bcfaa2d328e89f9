//! The part of `cargo metadata` that the checks read.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Metadata {
    /// Those of the lock file, for all targets, development included.
    pub(super) packages: Vec<Package>,
    /// By id.
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) rust_version: Option<String>,
}

impl Metadata {
    pub(super) fn read(root: &Path) -> Result<Self> {
        Self::parse(&super::output(root, &["metadata", "--locked", "--format-version", "1"])?)
    }

    pub(super) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("cannot read the output of cargo metadata")
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }
}
