//! `app show`: one image of a data set.

use crate::cli::{ShowArgs, Split};
use crate::data::{self, Data};
use crate::draw::{self, Style};
use crate::failure::usage;
use crate::lang::said;
use crate::terminal;
use crate::text::thousands;
use anyhow::Result;
use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) fn run(arguments: &ShowArgs) -> Result<ExitCode> {
    let (name, data_dir) = data::resolve(&arguments.source, None)?;
    let data = Data::load(name, &data_dir, None, None)?;
    let (set, split) = match arguments.split {
        Split::Train => (&data.train, said!("train", "훈련")),
        Split::Test => (&data.test, said!("test", "시험")),
    };
    let index = arguments.index;
    if index >= set.len() {
        let last = set.len() - 1;
        return Err(usage(said!(
            "--index {index}: {name} has {split} images 0 to {last}",
            "--index {index}: {name}의 {split} 이미지 번호는 0부터 {last}까지입니다"
        )));
    }

    let drawn = draw::fitted(set.image(index), set.cols(), terminal::width(io::stdout()));
    let mut text = said!(
        "{name}, {split} image {index} of {}: {}",
        "{name}, {split} 이미지 {index}번(전체 {}장): {}",
        thousands(set.len()),
        set.labels()[index]
    );
    if drawn.shrunk > 1 {
        text += &said!(" (drawn at 1/{} of its size)", " (1/{} 크기로 그림)", drawn.shrunk);
    }
    text.push('\n');
    for line in draw::image(&drawn.pixels, drawn.cols, Style::for_stdout(arguments.ascii)) {
        text += &line;
        text.push('\n');
    }
    io::stdout().write_all(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
