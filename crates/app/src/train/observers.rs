//! Who watches a run: the log, the checkpoints, the epoch lines on stdout, warnings and the progress bar on stderr.

use super::log::Log;
use super::progress::{Progress, bar};
use super::setting::Setting;
use super::signals::Signals;
use super::warnings::Warnings;
use crate::checkpoint::{self, Stored};
use crate::cli::TrainArgs;
use crate::failure::is_closed_pipe;
use crate::files;
use crate::lang::said;
use crate::page;
use crate::runs::RunFolder;
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressDrawTarget};
use report::Answers;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use training::{Evaluate, Observer, Run};

/// All of them. The log comes before the saver, so that a checkpoint never knows of an evaluation that the log lacks
/// (after an error of the log it does, and then the log is written again from it). But the first checkpoint comes before the
/// log, so that a folder with a log has a run that can be resumed.
pub(super) fn all<'a, T: Stored>(
    setting: &'a Setting,
    run: &Run<T>,
    signals: &'a Signals,
    folder: &RunFolder,
    arguments: &TrainArgs,
) -> Result<Vec<Box<dyn Observer<T, Error = anyhow::Error> + 'a>>> {
    let page = (!arguments.no_report).then(|| folder.page());
    if let Some(page) = &page {
        // now, and not at the end
        let cannot = || {
            let page = page.display();
            said!(
                "cannot write {page}; name another --out, or train with --no-report",
                "{page}에 쓸 수 없습니다. --out을 바꾸거나 --no-report를 붙이세요"
            )
        };
        files::check_writable(page).with_context(cannot)?;
    }
    let saver = Saver::first(folder.model(), page, setting, run)?;
    let log = Log::open(folder, setting, run)?;
    let mut observers: Vec<Box<dyn Observer<T, Error = anyhow::Error>>> =
        vec![Box::new(log), Box::new(saver), Box::new(Interruption(signals))];
    if !arguments.quiet {
        let bar = bar(run.config().iterations, run.iteration(), ProgressDrawTarget::stderr());
        observers.push(Box::new(EpochLines { every: lines_every(run), bar: bar.clone(), reader_has_left: false }));
        observers.push(Box::new(Warnings::new(setting, run, bar.clone())?));
        observers.push(Box::new(Progress::new(bar)));
    }
    Ok(observers)
}

/// Stops the run after a signal.
struct Interruption<'a>(&'a Signals);

impl<T: Stored> Observer<T> for Interruption<'_> {
    type Error = anyhow::Error;

    fn after_iteration(&mut self, _run: &Run<T>, _loss: f64) -> Result<ControlFlow<()>> {
        Ok(if self.0.exit_code().is_some() { ControlFlow::Break(()) } else { GO_ON })
    }
}

pub(super) const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

/// `model.ckpt`: saved every `--checkpoint-every` iterations or, without it, at an evaluation when 10 s have passed;
/// at the end and on a signal; and at the start, so that a folder that cannot be written to is noticed before the run.
///
/// With it `report.html` is renewed, at the end and otherwise at most every ten seconds: it takes longer than a checkpoint.
struct Saver<'a> {
    setting: &'a Setting<'a>,
    path: PathBuf,
    saved: Instant,
    page: Option<PathBuf>,
    /// When the page was written, or the run began.
    pictured: Instant,
}

const BETWEEN_SAVES: Duration = Duration::from_secs(10);

impl<'a> Saver<'a> {
    fn first<T: Stored>(path: PathBuf, page: Option<PathBuf>, setting: &'a Setting, run: &Run<T>) -> Result<Self> {
        let mut saver = Self { setting, path, saved: Instant::now(), page, pictured: Instant::now() };
        saver.save(run)?;
        Ok(saver)
    }

    fn save<T: Stored>(&mut self, run: &Run<T>) -> Result<()> {
        checkpoint::write(&self.path, &self.setting.checkpoint(run))?;
        self.saved = Instant::now();
        if self.pictured.elapsed() >= BETWEEN_SAVES { self.picture(run) } else { Ok(()) }
    }

    fn picture<T: Stored>(&mut self, run: &Run<T>) -> Result<()> {
        let Some(file) = &self.page else { return Ok(()) };
        let data = self.setting.data;
        let answers = Answers::of(&run.predictor(), &run.data().test.x, &data.test);
        let checkpoint = self.setting.checkpoint(run);
        let net = checkpoint.net();
        let (_, run) = checkpoint.into_parts();
        page::write_page(&page::page(Some(&run), &net, data, &answers), file)?;
        self.pictured = Instant::now();
        Ok(())
    }
}

impl<T: Stored> Observer<T> for Saver<'_> {
    type Error = anyhow::Error;

    fn after_iteration(&mut self, run: &Run<T>, _loss: f64) -> Result<ControlFlow<()>> {
        match self.setting.config.checkpoint_every {
            // where an evaluation is due, it belongs into the checkpoint
            Some(every) if run.iteration().is_multiple_of(every) && !run.evaluates_now() => self.save(run)?,
            _ => {}
        }
        Ok(GO_ON)
    }

    fn after_evaluation(&mut self, run: &Run<T>) -> Result<ControlFlow<()>> {
        let is_due = match self.setting.config.checkpoint_every {
            Some(every) => run.evaluates_now() && run.iteration().is_multiple_of(every),
            None => self.saved.elapsed() >= BETWEEN_SAVES,
        };
        if is_due {
            self.save(run)?;
        }
        Ok(GO_ON)
    }

    fn at_end(&mut self, run: &Run<T>) -> Result<()> {
        checkpoint::write(&self.path, &self.setting.checkpoint(run))?;
        self.picture(run)
    }
}

/// The notebook's line for each evaluation, or for one in `every`, on stdout.
struct EpochLines {
    every: usize,
    bar: ProgressBar,
    /// `app train | head -1`: the run goes on without its lines.
    reader_has_left: bool,
}

impl<T: Stored> Observer<T> for EpochLines {
    type Error = anyhow::Error;

    fn after_evaluation(&mut self, run: &Run<T>) -> Result<ControlFlow<()>> {
        let Some(last) = run.history().evaluations.last() else { return Ok(GO_ON) };
        let before = run.history().evaluations.len() - 1;
        let is_shown = before.is_multiple_of(self.every) || run.iteration() >= run.config().iterations;
        if self.reader_has_left || !is_shown {
            return Ok(GO_ON);
        }
        let written = self.bar.suspend(|| {
            let mut stdout = io::stdout().lock();
            writeln!(stdout, "train acc, test acc | {},{}", last.train_accuracy, last.test_accuracy)?;
            stdout.flush()
        });
        match written {
            Err(error) if is_closed_pipe(&error) => self.reader_has_left = true,
            written => written.with_context(|| said!("cannot write to stdout", "표준 출력에 쓸 수 없습니다"))?,
        }
        Ok(GO_ON)
    }
}

/// How many evaluations have a line at least, where there are more than [`MOST_LINES`].
const LINES: u64 = 25;
const MOST_LINES: u64 = 30;

/// A line is printed for one evaluation in so many. A small data set has hundreds of epochs, of which some twenty show the
/// course; where their distance was asked for, all are printed.
pub(super) fn lines_every<T: Stored>(run: &Run<T>) -> usize {
    let evaluations = run.config().evaluations_left(0, run.train_len());
    if run.config().evaluate != Evaluate::EachEpoch || evaluations <= MOST_LINES {
        return 1;
    }
    // 1, 2, 5, 10, 20, 50, ...
    let mut round = (0..19).flat_map(|power| [1, 2, 5].map(|first| first * 10_u64.pow(power)));
    let every = round.find(|every| evaluations / every <= LINES).unwrap_or(u64::MAX);
    usize::try_from(every).unwrap_or(usize::MAX)
}
