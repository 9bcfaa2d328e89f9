//! The part of `cargo metadata` that the checks, `cargo xtask web` and `cargo xtask dist` read.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Metadata {
    /// The packages in the lock file, for all targets, including dev-dependencies.
    pub(crate) packages: Vec<Package>,
    /// By package id.
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) rust_version: Option<String>,
    pub(crate) license: Option<String>,
    #[serde(default)]
    pub(crate) manifest_path: PathBuf,
}

impl Metadata {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        Self::parse(&super::output(root, &["metadata", "--locked", "--format-version", "1"])?)
    }

    /// Only the packages that one target needs. Unlike [`read`](Self::read), it downloads nothing for other targets.
    pub(crate) fn of_target(root: &Path, target: &str) -> Result<Self> {
        Self::parse(&super::output(
            root,
            &["metadata", "--locked", "--format-version", "1", "--filter-platform", target],
        )?)
    }

    pub(crate) fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).context("cannot read the output of cargo metadata")
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The packages that do not belong to this workspace.
    pub(crate) fn others(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| !self.workspace_members.contains(&package.id))
    }
}
