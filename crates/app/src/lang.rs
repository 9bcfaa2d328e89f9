//! The language of what a person reads: English, or Korean by `--lang ko` or a Korean locale.
//!
//! Both languages of a sentence are next to each other, in [`said!`]; the Korean help is in `cli/korean/table.rs`. Numbers,
//! names of files, JSON, CSV and the log are the same in both.

use clap::ValueEnum;
use std::ffi::OsString;
use std::sync::atomic::{AtomicBool, Ordering};

/// What `--lang` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// 한국어
    Ko,
}

static KOREAN: AtomicBool = AtomicBool::new(false);

/// Sets the language of this process, once, before it prints anything: `--lang`, or the language of the locale.
pub(crate) fn choose(arguments: &[OsString]) {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().filter_map(std::env::var_os).find(|value| !value.is_empty());
    #[cfg(windows)] // whose shells set no such variable
    let locale = locale.or_else(|| sys_locale::get_locale().map(OsString::from));
    KOREAN.store(is_korean(arguments, locale), Ordering::Relaxed);
}

/// Whether this process speaks Korean.
pub(crate) fn korean() -> bool {
    KOREAN.load(Ordering::Relaxed)
}

/// Does `work` in English, for what goes into JSON: programs read that, and it is the same in both languages.
pub(crate) fn in_english<R>(work: impl FnOnce() -> R) -> R {
    let was_korean = KOREAN.swap(false, Ordering::Relaxed);
    let done = work();
    KOREAN.store(was_korean, Ordering::Relaxed);
    done
}

/// The last `--lang` counts, as clap has it; a value that clap will refuse is no reason to change the language.
fn is_korean(arguments: &[OsString], locale: Option<OsString>) -> bool {
    let language = |locale: OsString| locale.to_str().and_then(|l| l.split(['_', '-', '.', '@']).next()) == Some("ko");
    let mut chosen = locale.is_some_and(language);
    let mut before = None;
    for argument in arguments.iter().take_while(|argument| *argument != "--") {
        let value = if before.is_some_and(|before: &OsString| before == "--lang") {
            argument.to_str()
        } else {
            argument.to_str().and_then(|argument| argument.strip_prefix("--lang="))
        };
        match value {
            Some("ko") => chosen = true,
            Some("en") => chosen = false,
            _ => (),
        }
        before = Some(argument);
    }
    chosen
}

/// A sentence in the language of this process: `said!("{n} images", "이미지 {n}장")`, both with the same arguments.
macro_rules! said {
    ($english:literal, $korean:literal $(, $argument:expr)* $(,)?) => {
        if $crate::lang::korean() { format!($korean $(, $argument)*) } else { format!($english $(, $argument)*) }
    };
}
pub(crate) use said;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lang_goes_before_the_locale() {
        let rows = [
            ("app train", None, false),
            ("app train", Some("ko_KR.UTF-8"), true),
            ("app train", Some("ko-KR"), true),
            ("app train", Some("kok_IN"), false),
            ("app train", Some("en_US.UTF-8"), false),
            ("app train --lang ko", Some("en_US.UTF-8"), true),
            ("app --lang=en train", Some("ko_KR.UTF-8"), false),
            ("app --lang xx", Some("ko"), true),
            ("app predict -- --lang ko", None, false),
        ];
        for (line, locale, expected) in rows {
            let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(is_korean(&arguments, locale.map(OsString::from)), expected, "{line} {locale:?}");
        }
    }
}
