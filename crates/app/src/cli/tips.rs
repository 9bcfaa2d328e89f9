//! What clap refuses, with what to write instead where it cannot know that.

use super::Cli;
use clap::Parser;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error};
use std::ffi::OsString;

/// The command line, or what is wrong with it.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, Error> {
    Cli::try_parse_from(arguments).map_err(|mut error| {
        if let Some(tip) = tip(&error) {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
        }
        error
    })
}

fn tip(error: &Error) -> Option<&'static str> {
    let of = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (refused, beside) = (of(ContextKind::InvalidArg), of(ContextKind::PriorArg));
    if refused.starts_with("--epochs") {
        return Some(
            "a run is as long as its --iterations, and an epoch is images / batch size\n       \
             of them: 3 epochs of MNIST in batches of 100 are --iterations 1800",
        );
    }
    if refused.starts_with("--resume") || beside.starts_with("--resume") {
        return Some(
            "a run goes on with its own settings; `--init-from DIR` in place of\n       \
             `--resume DIR` starts a new run from its parameters, with any settings",
        );
    }
    None
}
