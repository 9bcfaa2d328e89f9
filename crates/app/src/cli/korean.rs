//! The help in Korean: what a table says of each command and argument takes the place of clap's English.

mod refusals;
mod table;

use clap::builder::PossibleValue;
use clap::{Arg, Command};
pub(super) use refusals::refusal;
use table::{ARGUMENTS, COMMANDS, HEADINGS, VALUES};

/// Headings that clap itself gives in English.
const OPTIONS: &str = "옵션";
const ARGUMENTS_HEADING: &str = "인수";

/// The command line with its help in Korean.
pub(super) fn translated(mut command: Command) -> Command {
    // adds the flags and the command `help`, which the table has too
    command.build();
    of("", command)
}

/// `command`, which stands on the command line after the words `path`.
fn of(path: &str, command: Command) -> Command {
    let mut command = command
        .help_template("{about-with-newline}\n사용법: {usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("명령")
        .mut_args(|argument| argument_of(path, argument))
        .mut_subcommands(|inner| {
            let inner_path = format!("{path} {}", inner.get_name()).trim_start().to_owned();
            // what `app help` lists of it is a copy that nobody sees
            if inner.get_name() == "help" { described(&inner_path, inner) } else { of(&inner_path, inner) }
        });
    if path.is_empty() {
        command = command.after_help(table::AFTER_HELP);
    }
    described(path, command)
}

fn described(path: &str, command: Command) -> Command {
    let Some(&(_, about, more)) = COMMANDS.iter().find(|(of, ..)| *of == path) else { return command };
    let command = command.about(about);
    if more.is_empty() { command } else { command.long_about(format!("{about}\n\n{more}")) }
}

fn argument_of(path: &str, argument: Arg) -> Arg {
    let id = argument.get_id().as_str();
    let Some(text) = argument_text(path, id) else { return argument };
    let heading = match argument.get_help_heading() {
        Some(english) => HEADINGS.iter().find(|(of, _)| *of == english).map_or(OPTIONS, |(_, korean)| korean),
        None if argument.is_positional() => ARGUMENTS_HEADING,
        None => OPTIONS,
    };
    // the values of a switch are none of a reader's business
    let takes_value = argument.get_action().takes_values();
    let values = if takes_value { argument.get_possible_values() } else { Vec::new() };
    let defaults: Vec<_> =
        argument.get_default_values().iter().filter(|_| takes_value).map(|v| v.to_string_lossy()).collect();
    let default = if defaults.is_empty() { String::new() } else { format!("[기본값: {}]", defaults.join(", ")) };
    let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
    let choice = if names.is_empty() { String::new() } else { format!("[가능한 값: {}]", names.join(", ")) };
    let short = [text, &default, &choice].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = values
        .iter()
        .filter_map(|value| Some(format!("- {}: {}", value.get_name(), value_text(id, value.get_name())?)))
        .collect();
    let long = if lines.is_empty() {
        [text, &default, &choice].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    } else {
        let lines = format!("가능한 값:\n{}", lines.join("\n"));
        [text, &lines, &default].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    };
    argument.help(short).long_help(long).help_heading(heading).hide_default_value(true).hide_possible_values(true)
}

/// What the table says of the argument of this command, else of the argument of any command.
fn argument_text(path: &str, id: &str) -> Option<&'static str> {
    let of = |at: &str| ARGUMENTS.iter().find(|(command, of, _)| (*command, *of) == (at, id));
    of(path).or_else(|| of("*")).map(|(.., text)| *text)
}

fn value_text(id: &str, value: &str) -> Option<&'static str> {
    VALUES.iter().find(|(of, name, _)| (*of, *name) == (id, value)).map(|(.., text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;
    use std::collections::BTreeSet;
    use unicode_width::UnicodeWidthStr as _;

    /// All commands with the words before them, `help` without what it lists.
    fn all(path: &str, command: &Command, found: &mut Vec<(String, Command)>) {
        found.push((path.to_owned(), command.clone()));
        for inner in command.get_subcommands() {
            let path = format!("{path} {}", inner.get_name()).trim_start().to_owned();
            if inner.get_name() == "help" {
                found.push((path, Command::new("help")));
            } else {
                all(&path, inner, found);
            }
        }
    }

    fn commands() -> Vec<(String, Command)> {
        let (mut command, mut found) = (Cli::command(), Vec::new());
        command.build();
        all("", &command, &mut found);
        found
    }

    #[test]
    fn everything_in_the_help_has_korean_words_and_the_table_has_nothing_else() {
        let mut missing = Vec::new();
        let mut used = BTreeSet::new();
        for (path, command) in commands() {
            match COMMANDS.iter().find(|(of, ..)| *of == path) {
                Some((_, _, more)) => {
                    assert_eq!(more.is_empty(), command.get_long_about().is_none(), "the long description of {path}");
                    used.insert(format!("command {path}"));
                }
                None => missing.push(format!("command {path}")),
            }
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                let entry = ARGUMENTS.iter().find(|(of, name, _)| (*of, *name) == (&path, id));
                match entry.or_else(|| ARGUMENTS.iter().find(|(of, name, _)| (*of, *name) == ("*", id))) {
                    Some((of, ..)) => drop(used.insert(format!("argument {of} {id}"))),
                    None => missing.push(format!("argument {path} {id}")),
                }
                if let Some(heading) = argument.get_help_heading() {
                    match HEADINGS.iter().find(|(of, _)| *of == heading) {
                        Some(_) => drop(used.insert(format!("heading {heading}"))),
                        None => missing.push(format!("heading {heading}")),
                    }
                }
                for value in argument.get_possible_values().iter().filter(|value| value.get_help().is_some()) {
                    let value = value.get_name();
                    match value_text(id, value) {
                        Some(_) => drop(used.insert(format!("value {id} {value}"))),
                        None => missing.push(format!("value {id} {value}")),
                    }
                }
            }
        }
        assert!(missing.is_empty(), "without Korean: {missing:#?}");
        let table = COMMANDS.iter().map(|(path, ..)| format!("command {path}"));
        let table = table.chain(ARGUMENTS.iter().map(|(path, id, _)| format!("argument {path} {id}")));
        let table = table.chain(HEADINGS.iter().map(|(heading, _)| format!("heading {heading}")));
        let table = table.chain(VALUES.iter().map(|(id, value, _)| format!("value {id} {value}")));
        let unused: Vec<String> = table.filter(|entry| !used.contains(entry)).collect();
        assert!(unused.is_empty(), "no longer in the help: {unused:#?}");
    }

    #[test]
    fn the_korean_help_is_korean_and_fits_80_columns() {
        for (path, _) in commands().iter().filter(|(path, _)| !path.ends_with("help")) {
            for flag in ["-h", "--help"] {
                let words = std::iter::once("app").chain(path.split_whitespace()).chain([flag]);
                let help = translated(Cli::command()).try_get_matches_from(words).unwrap_err().to_string();
                let wide: Vec<&str> = help.lines().filter(|line| line.width() > 80).collect();
                assert!(wide.is_empty(), "{path} {flag}: {wide:#?}");
                for english in ["Usage:", "Options:", "Commands:", "Arguments:", "ossible values", "default:", "Print"]
                {
                    assert!(!help.contains(english), "{english} in {help}");
                }
                assert!(help.contains("사용법: app") && help.contains("도움말"), "{help}");
            }
        }
    }

    #[test]
    fn the_translated_command_line_is_the_same_command_line() {
        let words = ["app", "compare", "1", "2", "--json"];
        let [english, korean] = [Cli::command(), translated(Cli::command())].map(|c| c.get_matches_from(words));
        let (english, korean) = (english.subcommand().unwrap().1, korean.subcommand().unwrap().1);
        for id in ["one", "other"] {
            let of = |matches: &clap::ArgMatches| matches.get_one::<std::path::PathBuf>(id).cloned();
            assert_eq!(of(english), of(korean));
        }
        assert_eq!(english.get_flag("json"), korean.get_flag("json"));
    }
}
