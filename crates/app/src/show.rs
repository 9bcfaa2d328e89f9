//! `app show`: one image of a data set.

use crate::cli::{ShowArgs, Split};
use crate::data::{self, Data};
use crate::draw::{self, Style};
use crate::failure::usage;
use crate::terminal;
use crate::text::thousands;
use anyhow::Result;
use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) fn run(arguments: &ShowArgs) -> Result<ExitCode> {
    let (name, data_dir) = data::resolve(&arguments.source, None)?;
    let data = Data::load(name, &data_dir, None, None)?;
    let (set, split) = match arguments.split {
        Split::Train => (&data.train, "train"),
        Split::Test => (&data.test, "test"),
    };
    let index = arguments.index;
    if index >= set.len() {
        let last = set.len() - 1;
        return Err(usage(format!("--index {index}: {name} has {split} images 0 to {last}")));
    }

    let drawn = draw::fitted(set.image(index), set.cols(), terminal::width(io::stdout()));
    let mut text = format!("{name}, {split} image {index} of {}: {}", thousands(set.len()), set.labels()[index]);
    if drawn.shrunk > 1 {
        text += &format!(" (drawn at 1/{} of its size)", drawn.shrunk);
    }
    text.push('\n');
    for line in draw::image(&drawn.pixels, drawn.cols, Style::for_stdout(arguments.ascii)) {
        text += &line;
        text.push('\n');
    }
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
