//! `cargo xtask ci`: runs the steps of the CI server, one after another, and stops at the first failure.

mod edges;
pub(crate) mod metadata;
mod msrv;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{checkout, say};

pub(crate) fn run() -> Result<()> {
    run_steps(&checkout(), &STEPS)?;
    say(format_args!("ci: all {} steps passed", STEPS.len()));
    Ok(())
}

fn run_steps(root: &Path, steps: &[Step]) -> Result<()> {
    for (i, step) in steps.iter().enumerate() {
        let (number, count) = (i + 1, steps.len());
        // On stderr, like cargo's output, so that the lines stay in order.
        eprintln!("\n[{number}/{count}] {}", step.shown());
        let start = Instant::now();
        step.run(root).with_context(|| format!("step {number} of {count} failed, {}", step.shown()))?;
        eprintln!("[{number}/{count}] passed in {:.1} s", start.elapsed().as_secs_f64());
    }
    Ok(())
}

/// The fast ones first.
const STEPS: [Step; 15] = [
    Step::Cargo { env: None, args: "fmt --all --check" },
    Step::Cargo { env: None, args: "clippy --workspace --all-targets --locked -- -D warnings" },
    // The crates that people import alone, with combinations of features that the workspace as a whole does not build. Only
    // the libraries: dependencies of the tests switch features on again, and each combination would compile them again.
    Step::Cargo {
        env: None,
        args: "clippy -p two-layer-net-core-math -p two-layer-net -p two-layer-net-dataset --no-default-features --locked -- -D warnings",
    },
    Step::Cargo {
        env: None,
        args: "clippy -p two-layer-net-core-math -p two-layer-net -p two-layer-net-dataset --all-features --locked -- -D warnings",
    },
    Step::Cargo {
        env: None,
        args: "clippy -p two-layer-net-dataset --no-default-features --features gzip --locked -- -D warnings",
    },
    Step::Cargo {
        env: None,
        args: "clippy -p two-layer-net-dataset --no-default-features --features nalgebra --locked -- -D warnings",
    },
    Step::Check { what: "forbidden edges, by cargo tree -e normal", run: edges::run },
    Step::Check { what: "rust-version of every dependency, by cargo metadata", run: msrv::run },
    // The README's test command; it includes the examples in the documentation.
    Step::Cargo { env: None, args: "test --workspace --locked" },
    // Separately, since the others use `dataset` with gzip. The tests of `net` and `core-math` switch their features on.
    Step::Cargo {
        env: None,
        args: "test -p two-layer-net-dataset --no-default-features --locked -- --skip difficulty",
    },
    Step::Cargo { env: Some(("RUSTDOCFLAGS", "-Dwarnings")), args: "doc --workspace --no-deps --locked" },
    Step::Cargo {
        env: Some(("RUSTDOCFLAGS", "-Dwarnings")),
        args: "doc -p two-layer-net-core-math -p two-layer-net -p two-layer-net-training --no-deps --all-features --locked",
    },
    Step::Cargo {
        env: Some(("RUSTDOCFLAGS", "-Dwarnings")),
        args: "doc -p two-layer-net-dataset --no-deps --no-default-features --locked",
    },
    // Every library can be packaged, with its licences.
    Step::Cargo {
        env: None,
        args: "package --workspace --exclude app --exclude benches --exclude fuzz --exclude two-layer-net-korean --exclude two-layer-net-python --exclude two-layer-net-web --exclude xtask --no-verify --allow-dirty --locked --quiet",
    },
    // A program outside the workspace imports them.
    Step::Cargo {
        env: None,
        args: "run --manifest-path examples/import/Cargo.toml --target-dir target/import --locked --quiet",
    },
];

enum Step {
    Cargo { env: Option<(&'static str, &'static str)>, args: &'static str },
    Check { what: &'static str, run: fn(&Path) -> Result<()> },
}

impl Step {
    /// The command that a reader can paste, if the step is one.
    fn shown(&self) -> String {
        match self {
            Self::Cargo { env: Some((name, value)), args } => format!("{name}={value} cargo {args}"),
            Self::Cargo { env: None, args } => format!("cargo {args}"),
            Self::Check { what, .. } => (*what).to_owned(),
        }
    }

    fn run(&self, root: &Path) -> Result<()> {
        match self {
            Self::Check { run, .. } => run(root),
            Self::Cargo { env, args } => {
                let mut command = cargo(root);
                command.args(args.split(' ')).envs(*env);
                succeed(&mut command)
            }
        }
    }
}

fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().context("cannot start cargo")?;
    if !status.success() {
        bail!("{status}");
    }
    Ok(())
}

fn cargo(root: &Path) -> Command {
    let mut command = crate::cargo(root);
    if cfg!(windows) {
        // Windows cannot replace a running program, and the steps may build this one again.
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
        command.env("CARGO_TARGET_DIR", target.join("ci"));
    }
    command
}

/// The output of cargo with these arguments.
pub(crate) fn output(root: &Path, args: &[&str]) -> Result<String> {
    let shown = args.join(" ");
    let output = cargo(root).args(args).output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo {shown}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("cargo {shown} printed something that is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use super::*;

    #[test]
    fn the_first_failing_step_ends_the_run_and_is_named() {
        let steps = [
            Step::Check { what: "one that passes", run: |_| Ok(()) },
            Step::Check { what: "one that fails", run: |_| bail!("the reason") },
            Step::Check { what: "one that is not reached", run: |_| unreachable!() },
        ];
        let error = run_steps(&checkout(), &steps).unwrap_err();
        assert_eq!(format!("{error:#}"), "step 2 of 3 failed, one that fails: the reason");
    }

    #[test]
    fn a_cargo_that_fails_is_an_error() {
        assert!(succeed(cargo(&checkout()).arg("no-such-command").stderr(Stdio::null())).is_err());
        assert!(succeed(cargo(&checkout()).arg("--version").stdout(Stdio::null())).is_ok());
    }

    #[test]
    fn a_step_is_shown_as_a_line_that_can_be_pasted() {
        let step = Step::Cargo { env: Some(("A", "b")), args: "doc --no-deps" };
        assert_eq!(step.shown(), "A=b cargo doc --no-deps");
    }

    #[test]
    fn a_failing_cargo_is_an_error_that_holds_what_it_said() {
        let error = output(&checkout(), &["no-such-command"]).unwrap_err().to_string();
        assert!(error.contains("cargo no-such-command") && error.contains("no such command"), "{error}");
    }
}
