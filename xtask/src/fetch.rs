//! `cargo xtask fetch-mnist`: the four files of a data set, verified, into the data folder.

mod copy;
mod digest;
mod download;
mod folder;
mod manifest;
mod mirrors;
mod proxy;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};

use self::digest::State;
use self::download::{Client, Patience};
use self::folder::Folder;
use self::manifest::{DataSet, Wanted};
use self::mirrors::Mirrors;
use self::proxy::Proxies;
use crate::{checkout, say};

/// Fetch the four files of MNIST (or of its kin) and verify them
///
/// Downloads what is missing or damaged, verifies size and digest, and puts a
/// file under its final name only then; a broken download is continued by the
/// next run. Proxies are taken from https_proxy, http_proxy, all_proxy and
/// no_proxy.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which data set
    #[arg(long, value_enum, default_value_t)]
    dataset: DataSet,

    /// Take the four .gz files from this folder instead of the network
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,

    /// Download from URL, a folder on a web server, instead of the built-in
    /// mirrors; may be repeated, tried in the order given
    #[arg(long, value_name = "URL", value_parser = mirrors::parse, conflicts_with = "from")]
    mirror: Vec<String>,

    /// Only verify what is there, change nothing; exit 1 unless all is whole
    #[arg(long, conflicts_with_all = ["from", "mirror"])]
    check: bool,

    /// The files go to DIR/mnist (DIR/fashion, DIR/kmnist) [default: data of
    /// the checkout]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let data_dir = args.data_dir.clone().unwrap_or_else(|| checkout().join("data"));
    let folder = data_dir.join(args.dataset.folder());
    let files = args.dataset.files();
    if args.check {
        return check(&folder, files, &again(args));
    }
    let mut source = match &args.from {
        Some(from) => Source::Local(from.clone()),
        None => Source::Web {
            mirrors: match &args.mirror[..] {
                [] => Mirrors::new(args.dataset.mirrors()),
                given => Mirrors::new(given),
            },
            client: Client::new(Patience::default(), Proxies::from_env()?),
        },
    };
    fetch(&folder, files, &mut source, &again(args), |file, outcome| {
        say(format_args!("{:26}  {outcome}", file.name));
    })?;
    say(format_args!("\n{} is whole in {}", args.dataset.title(), folder.display()));
    say(args.dataset.attribution());
    Ok(())
}

/// Where files come from.
enum Source {
    Web { mirrors: Mirrors, client: Client },
    Local(PathBuf),
}

/// What became of one file.
#[derive(Debug, PartialEq)]
enum Outcome {
    AlreadyThere,
    /// `damaged` tells what was wrong with the file that stood there before.
    Fetched {
        from: String,
        damaged: Option<String>,
    },
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AlreadyThere => write!(f, "already there, verified"),
            Self::Fetched { from, damaged: None } => write!(f, "from {from}, verified"),
            Self::Fetched { from, damaged: Some(damaged) } => {
                write!(f, "from {from}, verified; replaces a damaged one ({damaged})")
            }
        }
    }
}

/// Makes `folder` hold all of `files`, and reports each as it is done. `again` is the command that led here,
/// for the advice in errors.
fn fetch(
    folder: &Path,
    files: &[Wanted],
    source: &mut Source,
    again: &str,
    mut done: impl FnMut(&Wanted, &Outcome),
) -> Result<()> {
    // Looked at before anything is created or locked: where all is whole, a read-only folder does.
    if files.iter().all(|file| file.state_in(folder) == State::Whole) {
        files.iter().for_each(|file| done(file, &Outcome::AlreadyThere));
        return Ok(());
    }
    let target = Folder::open(folder)?;
    if let Source::Local(from) = source {
        copy::all_usable(from, files.iter().filter(|f| f.state_in(folder) != State::Whole), folder)?;
    }
    for file in files {
        // Verified again, as another fetch may have brought it while this one waited for the lock.
        let damaged = match file.state_in(folder) {
            State::Whole => {
                done(file, &Outcome::AlreadyThere);
                continue;
            }
            State::Missing => None,
            State::Damaged(how) => Some(how),
        };
        let from = match source {
            Source::Local(from) => copy::copy(from, file, &target)?,
            Source::Web { mirrors, client } => mirrors.fetch(client, file, &target, again)?,
        };
        done(file, &Outcome::Fetched { from, damaged });
    }
    Ok(())
}

/// One line a file; an error unless all are whole.
fn check(folder: &Path, files: &[Wanted], again: &str) -> Result<()> {
    let states = files.iter().map(|file| (file.name, file.state_in(folder)));
    let mut bad = 0;
    for (name, state) in states {
        bad += usize::from(state != State::Whole);
        match state {
            State::Whole => say(format_args!("ok       {name}")),
            State::Missing => say(format_args!("missing  {name}")),
            State::Damaged(how) => say(format_args!("damaged  {name}: {how}")),
        }
    }
    ensure!(bad == 0, "{bad} of {} files in {} are not whole; `{again}` fetches them", files.len(), folder.display());
    Ok(())
}

/// The command line that fetches into the same folder, for advice.
fn again(args: &Args) -> String {
    let mut command = String::from("cargo xtask fetch-mnist");
    if args.dataset != DataSet::default() {
        command += &format!(" --dataset {}", args.dataset.folder());
    }
    if let Some(dir) = &args.data_dir {
        command += &format!(" --data-dir {}", dir.display());
    }
    command
}
