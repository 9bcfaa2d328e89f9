//! What clap refuses, with what to write instead where it cannot know that.

use super::{Cli, korean};
use crate::lang::{self, said};
use crate::text::say;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, Error};
use clap::{CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;
use std::process::ExitCode;

/// The command line, or what is wrong with it.
pub(crate) fn parse(arguments: Vec<OsString>) -> Result<Cli, Error> {
    let mut command = Cli::command();
    if lang::korean() {
        command = korean::translated(command);
    }
    let parsed = command.try_get_matches_from_mut(arguments).and_then(|matches| Cli::from_arg_matches(&matches));
    parsed.map_err(|error| {
        let mut error = error.format(&mut command);
        if let Some(tip) = tip(&error) {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![StyledStr::from(tip)]));
        }
        error
    })
}

/// Ends the process with what clap has to say: the help, or why it refuses the command line.
pub(crate) fn refuse(error: &Error) -> ExitCode {
    if lang::korean()
        && let Some(text) = korean::refusal(error)
    {
        say(&text);
        return ExitCode::from(2);
    }
    error.exit()
}

fn tip(error: &Error) -> Option<String> {
    let of = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (refused, beside) = (of(ContextKind::InvalidArg), of(ContextKind::PriorArg));
    if refused.starts_with("--epochs") {
        return Some(said!(
            "--iterations sets how long to train; an epoch is images / batch size\n       \
             iterations, so 3 epochs of MNIST in batches of 100 are --iterations 1800",
            "학습 길이는 --iterations로 정합니다. 1에폭은 (이미지 수 / 배치 크기)번의 반복이므로\n       \
             MNIST를 100장씩 3에폭 학습하려면 --iterations 1800을 씁니다"
        ));
    }
    if refused.starts_with("--resume") || beside.starts_with("--resume") {
        return Some(said!(
            "a resumed run keeps its settings; use `--init-from DIR` in place of\n       \
             `--resume DIR` to start a new run from its parameters, with any settings",
            "이어서 하는 학습은 설정이 바뀌지 않습니다. 설정을 바꾸려면 `--resume DIR` 대신\n       \
             `--init-from DIR`로 그 매개변수에서 새 학습을 시작하세요"
        ));
    }
    None
}
