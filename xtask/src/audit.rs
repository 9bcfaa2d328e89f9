//! `cargo xtask audit`: checks the dependencies against `deny.toml`, with cargo-deny.

use std::process::Stdio;

use anyhow::{Context, Result, bail, ensure};

use crate::{cargo, checkout};

/// Check advisories, licences, bans and sources of all dependencies (needs cargo-deny)
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which checks to run [default: all; advisories needs the network]
    #[arg(value_enum)]
    checks: Vec<Check>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Check {
    Advisories,
    Bans,
    Licenses,
    Sources,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = checkout();
    let probe = cargo(&root).args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    ensure!(
        probe.context("cannot start cargo")?.success(),
        "cargo-deny is not installed; `cargo install --locked cargo-deny` installs it"
    );
    let mut command = cargo(&root);
    command.args(["deny", "--workspace", "--locked", "check", "--hide-inclusion-graph"]);
    for check in &args.checks {
        command.arg(match check {
            Check::Advisories => "advisories",
            Check::Bans => "bans",
            Check::Licenses => "licenses",
            Check::Sources => "sources",
        });
    }
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo deny: {status}; deny.toml says what is allowed");
    }
    Ok(())
}
