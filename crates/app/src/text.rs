//! Lines for people, and numbers as they read them.

use crate::{data, lang, terminal};
use std::io::{IsTerminal, Write};
use std::path::Path;
use unicode_width::UnicodeWidthStr as _;

/// `eprintln!` that does not panic where stderr cannot be written to: its reader has left, or its disk is full. On a
/// terminal it breaks long lines between words.
macro_rules! tell {
    ($($line:tt)*) => { $crate::text::say(&format!($($line)*)) };
}
pub(crate) use tell;

/// What [`tell`] does.
pub(crate) fn say(notice: &str) {
    let mut stderr = std::io::stderr();
    let _ = if stderr.is_terminal() {
        writeln!(stderr, "{}", wrapped(notice, terminal::width(std::io::stderr())))
    } else {
        writeln!(stderr, "{notice}")
    };
}

/// Lines of at most `width` columns (a Korean letter has two), broken at spaces alone; after a break, a line is indented by
/// two. A line that is indented already stays whole: it is a command to paste, or part of a table.
pub(crate) fn wrapped(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with(' ') {
            lines.push(line.to_owned());
            continue;
        }
        let mut shown = String::new();
        for word in line.split(' ') {
            if !shown.trim().is_empty() && shown.width() + 1 + word.width() > width {
                lines.push(shown.trim_end().to_owned());
                " ".clone_into(&mut shown);
            }
            if !shown.is_empty() {
                shown.push(' ');
            }
            shown.push_str(word);
        }
        lines.push(shown);
    }
    lines.join("\n")
}

/// `1 iteration`, `10,000 iterations`.
pub(crate) fn counted(n: u64, one: &str) -> String {
    format!("{} {one}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// The words that start this program again and can be pasted into a shell: `cargo app` where cargo started it in the
/// checkout, else the way it was called.
pub(crate) fn program() -> String {
    let by_cargo = std::env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == env!("CARGO_PKG_NAME"));
    if by_cargo && data::checkout().is_some() {
        return "cargo app".to_owned();
    }
    let Some(called) = std::env::args_os().next() else { return "app".to_owned() };
    if cfg!(windows) {
        let current = std::env::current_dir().unwrap_or_default();
        return program_on_windows(&called.to_string_lossy(), &current.to_string_lossy());
    }
    quoted(Path::new(&called))
}

/// PowerShell does not start a program whose path is in quotation marks, unless `&` is in front of it, which cmd does not
/// know. Such a path becomes `.\app.exe` in the program's folder, and `app.exe` elsewhere.
fn program_on_windows(called: &str, current: &str) -> String {
    let quoted = quoted_on_windows(called);
    match called.rsplit_once(['\\', '/']) {
        Some((folder, name)) if quoted.starts_with('"') => {
            let here = if folder.eq_ignore_ascii_case(current) { ".\\" } else { "" };
            format!("{here}{name}")
        }
        _ => quoted,
    }
}

/// A path as one word of a shell; on Windows, of cmd and of PowerShell.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    if cfg!(windows) { quoted_on_windows(&text) } else { quoted_on_unix(&text) }
}

fn quoted_on_unix(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-./+:@%,=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// No file name there has a quotation mark. A backslash in front of one would make it part of the word, and two do not.
fn quoted_on_windows(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || r"_-./\+:~".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let backslashes = text.len() - text.trim_end_matches('\\').len();
    format!("\"{text}{}\"", r"\".repeat(backslashes))
}

/// A text of at most `width` columns: its end, where it is longer.
pub(crate) fn tail(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let starts = text.char_indices().map(|(at, _)| at);
    let fits = |at: &usize| text[*at..].width() + 3 <= width;
    format!("...{}", starts.into_iter().find(fits).map_or("", |at| &text[at..]))
}

/// A text with spaces after it, up to `width` columns.
pub(crate) fn padded(text: &str, width: usize) -> String {
    format!("{text}{:gap$}", "", gap = width.saturating_sub(text.width()))
}

/// A text with spaces in front of it, up to `width` columns.
pub(crate) fn right(text: &str, width: usize) -> String {
    format!("{:gap$}{text}", "", gap = width.saturating_sub(text.width()))
}

/// The headings of right-aligned columns, each with a space in front of it.
pub(crate) fn headings<const N: usize>(columns: [(String, usize); N]) -> String {
    columns.iter().map(|(heading, width)| format!(" {}", right(heading, *width))).collect()
}

/// 60000 as `60,000`.
pub(crate) fn thousands(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds in the unit that fits: `340 us`, `13 ms`, `7.3 s`, `4 min`, `2.5 h`, `3.1 days`. In Korean, `us` and `ms` stay,
/// because their words are wider than the columns of the terminal.
pub(crate) fn duration(seconds: f64) -> String {
    let [english, korean] = durations(seconds);
    if lang::korean() && seconds >= 1.0 { korean } else { english }
}

/// [`duration`] in English, and in Korean with words for all units.
pub(crate) fn durations(seconds: f64) -> [String; 2] {
    let (number, [english, korean]) = match seconds {
        s if s < 1e-3 => (format!("{:.0}", s * 1e6), [" us", "마이크로초"]),
        s if s < 0.1 => (format!("{:.1}", s * 1e3), [" ms", "밀리초"]),
        s if s < 1.0 => (format!("{:.0}", s * 1e3), [" ms", "밀리초"]),
        s if s < 120.0 => (format!("{s:.1}"), [" s", "초"]),
        s if s < 7200.0 => (format!("{:.0}", s / 60.0), [" min", "분"]),
        s if s < 172_800.0 => (format!("{:.1}", s / 3600.0), [" h", "시간"]),
        s => (format!("{:.1}", s / 86_400.0), [" days", "일"]),
    };
    [number.clone() + english, number + korean]
}

/// A shape as NumPy prints it: `(784, 50)`, `(50,)`.
pub(crate) fn shape(dimensions: &[usize]) -> String {
    match dimensions {
        [n] => format!("({n},)"),
        _ => format!("({})", dimensions.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_break_between_words_and_never_within() {
        assert_eq!(wrapped("one two three four", 9), "one two\n  three\n  four");
        assert_eq!(wrapped("one two", 7), "one two");
        assert_eq!(wrapped("a 0123456789 b", 5), "a\n  0123456789\n  b");
        assert_eq!(wrapped("한국어 한국어 a\n  in and out", 13), "한국어 한국어\n  a\n  in and out");
        assert_eq!(wrapped("cost      1 us an", 10), "cost\n  1 us an", "columns are kept up to a break");
        assert_eq!(wrapped("", 5), "");
    }

    #[test]
    fn columns_are_counted_and_not_letters() {
        assert_eq!(tail("folder/five.png", 11), "...five.png");
        assert_eq!([tail("short", 5), tail("폴더/다섯.png", 11)], ["short", "...다섯.png"]);
        assert_eq!([padded("ab", 4), padded("가", 4), padded("넓다", 3)], ["ab  ", "가  ", "넓다"]);
    }

    #[test]
    fn one_is_one_and_all_else_is_several() {
        assert_eq!(
            [0, 1, 2, 10_000].map(|n| counted(n, "iteration")),
            ["0 iterations", "1 iteration", "2 iterations", "10,000 iterations"]
        );
    }

    #[test]
    fn a_path_is_one_word_of_a_shell() {
        assert_eq!(quoted_on_unix("data/runs/0001"), "data/runs/0001");
        assert_eq!(quoted_on_unix("my runs/it's"), r"'my runs/it'\''s'");
        assert_eq!(quoted_on_unix("$(ls)"), "'$(ls)'");
        assert_eq!(quoted_on_windows(r"C:\net\data\runs\0001"), r"C:\net\data\runs\0001");
        assert_eq!(quoted_on_windows("my runs/it's"), "\"my runs/it's\"");
        assert_eq!(quoted_on_windows(r"my runs\"), r#""my runs\\""#);
        assert_eq!(quoted_on_windows("a&b"), "\"a&b\"");
        assert_eq!(quoted(Path::new("data/runs/0001")), "data/runs/0001");
    }

    #[test]
    fn both_shells_of_windows_start_the_program_that_is_named() {
        let app = r"C:\Users\First Last\net\app.exe";
        assert_eq!(program_on_windows(app, r"c:\Users\First Last\net"), r".\app.exe");
        assert_eq!(program_on_windows(app, r"C:\Users"), "app.exe");
        assert_eq!(program_on_windows(r"C:\net\app.exe", r"C:\net"), r"C:\net\app.exe");
        assert_eq!(program_on_windows("app", r"C:\net"), "app");
    }

    #[test]
    fn thousands_are_set_off() {
        assert_eq!([0_u64, 999, 1000, 79_520, 1_234_567].map(thousands), ["0", "999", "1,000", "79,520", "1,234,567"]);
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        let found = [2e-5, 0.0131, 0.25, 7.31, 240.0, 9000.0, 267_840.0].map(duration);
        assert_eq!(found, ["20 us", "13.1 ms", "250 ms", "7.3 s", "4 min", "2.5 h", "3.1 days"]);
    }

    #[test]
    fn every_duration_has_a_korean_unit() {
        for seconds in [3e-6, 4e-3, 7.3, 300.0, 9000.0, 3e5] {
            let [_, korean] = durations(seconds);
            assert!(!korean.contains(|c: char| c.is_ascii_alphabetic() || c == ' '), "{korean}");
        }
    }

    #[test]
    fn a_korean_letter_takes_two_columns_of_a_table() {
        assert_eq!([right("시험", 6), padded("시험", 6), right("too long", 6)], ["  시험", "시험  ", "too long"]);
        assert_eq!(headings([("test".to_owned(), 6), ("시험".to_owned(), 6)]), "   test   시험");
    }

    #[test]
    fn shapes_print_as_in_numpy() {
        assert_eq!([shape(&[784, 50]), shape(&[50])], ["(784, 50)", "(50,)"]);
    }
}
