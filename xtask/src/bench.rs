//! `cargo xtask bench`: measures the tables of docs/benchmarks.md.

mod peers;
mod tables;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use clap::Args as ClapArgs;

use crate::{checkout, say};

/// Measure, and print the tables of docs/benchmarks.md
///
/// Runs the criterion benches of all crates (about ten minutes). With --peers, it runs the chapter's training with both
/// gradients, and compares it with NumPy, PyTorch and JAX. Fetch MNIST first; without it, the benches use the built-in
/// digits.
#[derive(ClapArgs)]
pub(crate) struct Args {
    /// Compare with the peers instead; installs them in a virtual environment (3 GB)
    #[arg(long)]
    peers: bool,
    /// How often each peer runs, in turn with the others
    #[arg(long, value_name = "N", default_value_t = 3, requires = "peers",
          value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let root = checkout();
    let text = if args.peers { peers::measure(&root, args.rounds)? } else { tables::measure(&root)? };
    say(format_args!("{}\n\n{text}", machine(&root)?));
    Ok(())
}

/// The conditions of the figures: processor, cores, system, compiler, day.
fn machine(root: &Path) -> Result<String> {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = info.lines().find(|line| line.starts_with("model name")).and_then(|line| {
        let widest = [("avx512f", "AVX-512"), ("avx2", "AVX2")].iter().find(|(flag, _)| info.contains(flag));
        let vectors = widest.map_or(String::new(), |(_, name)| format!(" ({name})"));
        Some(line.split_once(':')?.1.trim().to_owned() + &vectors)
    });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = processor.unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    write!(text, ", {cores} cores, {}", std::env::consts::OS)?;
    write!(text, "; {}", printed(Command::new("rustc").arg("--version").current_dir(root))?.trim())?;
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    write!(text, "; {}", now.get(..10).unwrap_or(&now))?;
    Ok(text)
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |given| root.join(given))
}

/// Runs a command that must succeed.
fn succeed(command: &mut Command) -> Result<()> {
    let shown = format!("{command:?}");
    let status = command.status().with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown}: {status}");
    }
    Ok(())
}

/// The output of a command that must succeed; its stderr goes to ours.
fn printed(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!("{shown}: {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("{shown} printed something that is not UTF-8"))
}

/// Formats a time for people: three digits and a unit.
fn shown(seconds: f64) -> String {
    let (factor, unit) = match seconds {
        s if s >= 1.0 => (1.0, "s"),
        s if s >= 1e-3 => (1e3, "ms"),
        s if s >= 1e-6 => (1e6, "us"),
        _ => (1e9, "ns"),
    };
    let value = seconds * factor;
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let times = [2.345, 0.0123, 9.996e-6, 123.4e-6, 4.2e-10, 75.0].map(shown);
        assert_eq!(times, ["2.35 s", "12.3 ms", "10.0 us", "123 us", "0.42 ns", "75.0 s"]);
    }

    #[test]
    fn a_machine_has_a_compiler_and_a_day() {
        let text = machine(&checkout()).unwrap();
        assert!(text.contains("rustc 1.") && text.contains("; 20"), "{text}");
    }
}
