//! What a terminal can show: how wide it is, and whether in greys, in blocks or in ASCII alone.

use std::ffi::OsString;

/// Columns that are assumed where nothing says how many there are.
const USUAL_WIDTH: usize = 80;

/// Columns of the terminal behind `stream`: those that COLUMNS says, else its own, else 80.
#[cfg(unix)]
pub(crate) fn width(stream: impl std::os::fd::AsFd) -> usize {
    choose(std::env::var_os("COLUMNS"), terminal_size::terminal_size_of(stream))
}

/// Columns of the terminal behind `stream`: those that COLUMNS says, else its own, else 80.
#[cfg(windows)]
pub(crate) fn width(stream: impl std::os::windows::io::AsHandle) -> usize {
    choose(std::env::var_os("COLUMNS"), terminal_size::terminal_size_of(stream))
}

/// Lines of the terminal behind `stream`, or 24.
#[cfg(unix)]
pub(crate) fn height(stream: impl std::os::fd::AsFd) -> usize {
    height_of(terminal_size::terminal_size_of(stream))
}

/// Lines of the terminal behind `stream`, or 24.
#[cfg(windows)]
pub(crate) fn height(stream: impl std::os::windows::io::AsHandle) -> usize {
    height_of(terminal_size::terminal_size_of(stream))
}

fn height_of(size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    size.map(|(_, height)| usize::from(height.0)).filter(|height| *height > 0).unwrap_or(24)
}

fn choose(columns: Option<OsString>, size: Option<(terminal_size::Width, terminal_size::Height)>) -> usize {
    let said = columns.and_then(|columns| columns.to_str()?.parse().ok());
    let own = size.map(|(width, _)| usize::from(width.0));
    // some terminals say 0 for "I do not know"
    said.or(own).filter(|width| *width > 0).unwrap_or(USUAL_WIDTH)
}

/// What it understands, from worst to best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Text, as far as one can tell: `TERM=dumb`.
    Dumb,
    /// No more than 16 colours, or none are wanted: `NO_COLOR`.
    Plain,
    /// 256 colours.
    Colours,
}

impl Kind {
    /// The kind of terminal that the environment variables describe.
    pub(crate) fn of_environment() -> Self {
        match Self::from(|name| std::env::var(name).ok()) {
            Self::Colours if !takes_escape_codes() => Self::Plain,
            kind => kind,
        }
    }

    fn from(variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name| variable(name).is_some_and(|value| !value.is_empty());
        // Few say that they have 256 colours and nearly all have them, so those are named that have not.
        match variable("TERM").as_deref() {
            Some("dumb") => Self::Dumb,
            _ if is_set("NO_COLOR") => Self::Plain,
            Some("linux" | "ansi" | "cygwin") => Self::Plain,
            Some(term) if term.starts_with("vt") || term.ends_with("-mono") || term.ends_with("-m") => Self::Plain,
            _ => Self::Colours,
        }
    }
}

/// Windows takes them after it was asked to, and before Windows 10 never. Where there is a TERM, its terminal is another one.
#[cfg(windows)]
fn takes_escape_codes() -> bool {
    let asked = anstyle_query::windows::enable_ansi_colors();
    asked == Some(true) || std::env::var_os("TERM").is_some()
}

#[cfg(not(windows))]
fn takes_escape_codes() -> bool {
    true
}

/// Whether the font has Unicode's braille patterns. The older console window of Windows has a font without them.
pub(crate) fn has_braille() -> bool {
    !cfg!(windows) || tells_of_a_newer_window(|name| std::env::var_os(name).is_some())
}

/// Windows Terminal sets the first of them, editors the second, and what comes from Unix the third.
fn tells_of_a_newer_window(is_set: impl Fn(&str) -> bool) -> bool {
    ["WT_SESSION", "TERM_PROGRAM", "TERM"].into_iter().any(is_set)
}

#[cfg(test)]
mod tests {
    use super::*;
    use terminal_size::{Height, Width};

    #[test]
    fn columns_outrank_the_terminal_and_80_is_assumed_where_neither_says() {
        let columns = |text: &str| Some(OsString::from(text));
        let size = |width| Some((Width(width), Height(24)));
        assert_eq!(choose(columns("50"), size(100)), 50);
        assert_eq!(choose(None, size(100)), 100);
        assert_eq!(choose(columns("wide"), size(100)), 100);
        assert_eq!(choose(None, None), 80);
        assert_eq!(choose(columns("0"), size(0)), 80);
    }

    #[test]
    fn the_older_console_of_windows_has_no_braille() {
        assert!(!tells_of_a_newer_window(|name| name == "PATH"));
        assert!(tells_of_a_newer_window(|name| name == "WT_SESSION"));
        assert!(cfg!(windows) || has_braille());
    }

    #[test]
    fn colours_are_for_terminals_that_have_them_and_people_who_want_them() {
        let kind = |term: &str, no_color: &str| {
            Kind::from(|name| match name {
                "TERM" if !term.is_empty() => Some(term.to_owned()),
                "NO_COLOR" => Some(no_color.to_owned()),
                _ => None,
            })
        };
        assert_eq!(["xterm-256color", "screen", "alacritty", ""].map(|term| kind(term, "")), [Kind::Colours; 4]);
        assert_eq!(["linux", "vt100"].map(|term| kind(term, "")), [Kind::Plain; 2]);
        assert_eq!(kind("xterm", "1"), Kind::Plain);
        assert_eq!([kind("dumb", ""), kind("dumb", "1")], [Kind::Dumb; 2]);
    }
}
