//! What ends a command: usage errors (exit code 2) and everything else (1).

use crate::lang::{self, said};
use crate::text::say;
use std::io;
use std::process::ExitCode;

/// The command line asks for something that cannot be; the text says what to write instead.
#[derive(Debug)]
pub(crate) struct UsageError(String);

impl std::fmt::Display for UsageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UsageError {}

/// A usage error as `anyhow` carries it.
pub(crate) fn usage(message: impl Into<String>) -> anyhow::Error {
    UsageError(message.into()).into()
}

/// Prints the error and tells the exit code. A reader that has left is no failure: `app inspect | head`.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    if error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(is_closed_pipe) {
        return ExitCode::SUCCESS;
    }
    tell_error(error);
    ExitCode::from(if error.is::<UsageError>() { 2 } else { 1 })
}

/// Prints the chain of causes once.
pub(crate) fn tell_error(error: &anyhow::Error) {
    say(&said!("error: {}", "오류: {}", chain(error)));
}

/// The error and its causes, from the outermost on, in the language of this process.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    if !lang::korean() {
        return format!("{error:#}");
    }
    let mut texts = Vec::new();
    for cause in error.chain() {
        if let Some(sentence) = korean::sentence(cause) {
            // its own causes are in it
            texts.push(sentence);
            break;
        }
        texts.push(cause.to_string());
    }
    texts.join(": ")
}

/// Whether the reader of our output went away.
pub(crate) fn is_closed_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}
