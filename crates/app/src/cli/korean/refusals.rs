//! What clap refuses, in Korean.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::error::Error as _;

/// The error in Korean; `None` for the rare ones, which stay English, and for what is no error, such as the help.
pub(in crate::cli) fn refusal(error: &Error) -> Option<String> {
    let of = |kind| error.get(kind).map(listed).unwrap_or_default();
    let (argument, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let mut text = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument}에 값이 필요합니다"),
        ErrorKind::InvalidValue => format!("{argument}의 값으로 '{value}'를 쓸 수 없습니다"),
        ErrorKind::ValueValidation => {
            let why = error.source().map(ToString::to_string).unwrap_or_default();
            format!("{argument}의 값으로 '{value}'를 쓸 수 없습니다: {why}")
        }
        ErrorKind::UnknownArgument => format!("{argument}라는 옵션은 없습니다"),
        ErrorKind::InvalidSubcommand => {
            format!("{}라는 명령은 없습니다", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => format!("{} 뒤에 명령이 필요합니다", of(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("다음 인수가 필요합니다: {argument}"),
        ErrorKind::ArgumentConflict => match of(ContextKind::PriorArg) {
            prior if prior == argument => format!("{argument} 옵션은 한 번만 쓸 수 있습니다"),
            prior if prior.is_empty() => format!("{argument} 옵션은 다른 옵션과 함께 쓸 수 없습니다"),
            prior => format!("{argument} 옵션은 {prior} 옵션과 함께 쓸 수 없습니다"),
        },
        _ => return None,
    };
    text = format!("오류: {text}");
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand].map(of);
    if let Some(valid) = valid.iter().find(|valid| !valid.is_empty()) {
        text += &format!("\n  [가능한 값: {valid}]");
    }
    let similar = [ContextKind::SuggestedArg, ContextKind::SuggestedValue, ContextKind::SuggestedSubcommand].map(of);
    if let Some(similar) = similar.iter().find(|similar| !similar.is_empty()) {
        text += &format!("\n\n  혹시 이것인가요? {similar}");
    }
    // the tips of this program are Korean already; clap's own are not
    let tips = error.get(ContextKind::Suggested).map(ToString::to_string).unwrap_or_default();
    if tips.contains(|c: char| ('가'..='힣').contains(&c)) {
        text += &format!("\n\n  도움말: {tips}");
    }
    if let Some(usage) = error.get(ContextKind::Usage) {
        text += &format!("\n\n{}", usage.to_string().replace("Usage:", "사용법:"));
    }
    Some(text + "\n\n자세한 내용은 '--help'로 볼 수 있습니다.")
}

fn listed(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(values) => values.join(", "),
        other => other.to_string(),
    }
}
