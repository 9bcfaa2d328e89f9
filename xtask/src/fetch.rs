//! `cargo xtask fetch-mnist`: puts the four files of a data set, verified, into the data folder. The crate `fetch` does
//! the work; this file has the flags, the output and the advice.

mod bar;

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use fetch::{DataSet, Event, FetchError, Mirror, Source, State};

use self::bar::Bar;
use crate::{checkout, say};

/// Fetch the four files of MNIST (or Fashion-MNIST, KMNIST) and verify them
///
/// Downloads missing or damaged files and verifies size and digest; a file gets its final name only after that. The next
/// run continues an interrupted download. Proxies come from https_proxy, http_proxy, all_proxy and no_proxy.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which data set
    #[arg(long, default_value_t, value_parser = PossibleValuesParser::new(DataSet::ALL.map(DataSet::name))
        .try_map(|name| name.parse::<DataSet>()))]
    dataset: DataSet,

    /// Copy the four .gz files from this folder, or from its mnist/ or MNIST/raw/, instead of downloading
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,

    /// Download from URL, a folder on a web server, instead of the built-in mirrors; may be repeated, and they are tried
    /// in this order
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    mirror: Vec<Mirror>,

    /// Only verify the files, and change nothing; exit 1 unless all are whole
    #[arg(long, conflicts_with_all = ["from", "mirror"])]
    check: bool,

    /// The files go to DIR/mnist (DIR/fashion, DIR/kmnist) [default: data in the checkout]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let data_dir = args.data_dir.clone().unwrap_or_else(|| checkout().join("data"));
    let folder = data_dir.join(args.dataset.name());
    if args.check {
        return check(args, &folder);
    }
    let source = match &args.from {
        Some(from) => Source::Folder(from.clone()),
        None if args.mirror.is_empty() => Source::BuiltIn,
        None => Source::Mirrors(args.mirror.clone()),
    };
    let mut bar = Bar::default();
    fetch::fetch(args.dataset, &folder, &source, |event| {
        bar.show(&event);
        print(&event);
    })
    .map_err(|error| advised(error, args, &folder))?;
    say(format_args!("\n{} is complete in {}", args.dataset.title(), folder.display()));
    say(args.dataset.attribution());
    Ok(())
}

/// Prints what happens: results to stdout, the rest to stderr.
fn print(event: &Event<'_>) {
    match event {
        Event::Done { file, outcome } => say(format_args!("{file:26}  {outcome}")),
        Event::Waiting { folder } => {
            eprintln!("another fetch-mnist is at work in {}, waiting for it", folder.display());
        }
        Event::MirrorFailed { url, reason, next: Some(next) } => eprintln!("{url}: {reason}\ntrying {next}"),
        Event::TryingAgain { file, bytes, total } => {
            eprintln!("{file}: {bytes} of {total} bytes so far, asking again");
        }
        _ => {}
    }
}

/// Prints one line per file; an error unless all are whole.
fn check(args: &Args, folder: &Path) -> Result<()> {
    let files = fetch::check(args.dataset, folder);
    let (mut bad, mut hidden) = (0, 0);
    for file in &files {
        let name = file.name;
        match &file.state {
            State::Whole => say(format_args!("ok       {name}")),
            State::Missing => say(format_args!("missing  {name}")),
            State::Damaged(how) => say(format_args!("damaged  {name}: {how}")),
            State::Hidden { by } => say(format_args!("hidden   {name}: {by} next to it has different content")),
            other => say(format_args!("{other:?}  {name}")),
        }
        hidden += usize::from(matches!(file.state, State::Hidden { .. }));
        bad += usize::from(!matches!(file.state, State::Whole | State::Hidden { .. }));
    }
    let (of, place) = (files.len(), folder.display());
    let mut problems = Vec::new();
    if bad > 0 {
        problems.push(format!("{bad} of {of} files in {place} are missing or damaged; `{}` fetches them", again(args)));
    }
    if hidden > 0 {
        problems.push(format!(
            "{hidden} of {of} files in {place} are hidden by files next to them with different content;\n\
             remove or rename those files, because training refuses two that differ"
        ));
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!(problems.join("\n"))
}

/// The error with all its causes, followed by what to do next.
fn advised(error: FetchError, args: &Args, folder: &Path) -> anyhow::Error {
    let again = again(args);
    let next = match &error {
        FetchError::AllMirrorsFailed { .. } => format!(
            "what else to try:\n  \
             {again} --mirror URL   another server\n  \
             {again} --from DIR     a folder that has the four files\n  \
             or put the four files into {} yourself\n  \
             or go on without: the built-in digits need no file",
            folder.display()
        ),
        FetchError::NotAFolder { .. } | FetchError::Unusable { .. } => {
            format!("download them by `{again}`, or put unpacked ones into\n{} yourself", folder.display())
        }
        _ => format!("after that, `{again}` continues"),
    };
    anyhow!("{:#}\n{next}", anyhow!(error))
}

/// The command line that fetches into the same folder, for advice.
fn again(args: &Args) -> String {
    let mut command = String::from("cargo xtask fetch-mnist");
    if args.dataset != DataSet::default() {
        command += &format!(" --dataset {}", args.dataset);
    }
    if let Some(dir) = &args.data_dir {
        command += &format!(" --data-dir {}", dir.display());
    }
    command
}
