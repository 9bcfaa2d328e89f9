//! `app predict`: what a net reads in image files.

mod answer;

use crate::checkpoint::Stored;
use crate::cli::PredictArgs;
use crate::failure;
use crate::files;
use crate::lang::said;
use crate::model::Model;
use answer::{Answer, Note, Output};
use anyhow::{Error, Result, ensure};
use core_math::softmax;
use net::{Predictor, Rows};
use net_file::AnyParameters;
use picture::{MOST_PIXELS, Pictures, find_digit};
use std::path::Path;
use std::process::ExitCode;

/// Images that go through the net together.
const BATCH: usize = 1000;

/// The name of standard input on the command line.
const STDIN: &str = "-";

/// Height and width of what MNIST's rule makes.
const SIDE: usize = 28;

pub(crate) fn run(arguments: &PredictArgs) -> Result<ExitCode> {
    let model = Model::load(arguments.model.path.as_deref(), arguments.model.activation)?;
    let inputs = model.sizes()?.inputs;
    ensure!(
        arguments.raw || inputs == SIDE * SIDE,
        said!(
            "the network in {} has {inputs} inputs, but images are converted to 28x28 = 784 pixels; with --raw, images of \
             {inputs} pixels are used as they are",
            "{}의 신경망은 입력이 {inputs}개인데 이미지는 28x28 = 784픽셀로 바뀝니다. --raw를 쓰면 {inputs}픽셀 이미지를 \
             그대로 씁니다",
            model.path.display()
        )
    );
    match model.parameters {
        AnyParameters::F32(_) => answer_all::<f32>(&model, inputs, arguments),
        AnyParameters::F64(_) => answer_all::<f64>(&model, inputs, arguments),
    }
}

/// Answers what can be read, and complains of the rest.
fn answer_all<T: Stored>(model: &Model, inputs: usize, arguments: &PredictArgs) -> Result<ExitCode> {
    let net = Predictor::new(&model.net::<T>());
    let mut output = Output::new(arguments);
    output.name_net(model)?;
    let mut exit_code = ExitCode::SUCCESS;
    let mut complain = |error: Error| {
        failure::tell_error(&error);
        exit_code = ExitCode::FAILURE;
    };
    for path in &arguments.images {
        let name = if path == Path::new(STDIN) {
            said!("standard input", "표준 입력")
        } else {
            path.display().to_string()
        };
        let pictures = match open(path, arguments.raw.then_some(inputs)) {
            Ok(pictures) => pictures,
            Err(error) => {
                complain(error.context(said!("cannot read {name}", "{name} 읽기에 실패했습니다")));
                continue;
            }
        };
        let (size, cols) = (pictures.size(), if arguments.raw { pictures.cols } else { SIDE });
        for (k, batch) in pictures.pixels.chunks(BATCH * size).enumerate() {
            let mut pixels = Vec::new(); // N x D
            let mut images = Vec::new(); // N, each with its place and what makes an answer doubtful
            for (index, picture) in (k * BATCH..).zip(batch.chunks_exact(size)) {
                let seen = if arguments.raw {
                    Ok((picture.to_vec(), is_mostly_ink(picture).then_some(Note::MostlyInk)))
                } else {
                    let found = find_digit(picture, pictures.rows, pictures.cols);
                    found.map(|found| (found.image.to_vec(), found.is_several.then_some(Note::Several)))
                };
                match seen {
                    Ok((seen, doubt)) => {
                        pixels.extend(seen);
                        images.push((index, doubt));
                    }
                    Err(error) if pictures.is_list => {
                        complain(Error::new(error).context(said!("{name}, image {index}", "{name}, 이미지 {index}")))
                    }
                    Err(error) => complain(Error::new(error).context(name.clone())),
                }
            }
            let y = softmax(&net.logits(&Rows::from_bytes(&pixels, inputs), 0..images.len())); // N x K
            for ((&(index, doubt), pixels), y) in images.iter().zip(pixels.chunks_exact(inputs)).zip(y.row_iter()) {
                let probabilities = y.iter().map(|p| p.to_f64()).collect();
                output.write(&Answer::new(&name, index, probabilities, pixels, doubt), cols, pictures.is_list)?;
            }
        }
    }
    output.end()?;
    Ok(exit_code)
}

/// Whether more than half of an image is ink, at least half as strong as can be: no digit is.
fn is_mostly_ink(pixels: &[u8]) -> bool {
    2 * pixels.iter().filter(|pixel| **pixel > 127).count() > pixels.len()
}

/// The pictures of a file, at least one, each of `expected` pixels where that is given.
fn open(path: &Path, expected: Option<usize>) -> Result<Pictures> {
    let bytes = if path == Path::new(STDIN) { files::read_stdin()? } else { files::read(path)? };
    let pictures = Pictures::read(&bytes, MOST_PIXELS)?;
    let Pictures { rows, cols, .. } = pictures;
    if let Some(expected) = expected {
        ensure!(
            rows * cols == expected,
            said!(
                "with --raw an image needs {expected} pixels, as many as the network has inputs, but this one has \
                 {rows}x{cols}",
                "--raw에서는 신경망의 입력 수인 {expected}픽셀이어야 하는데 이 이미지는 {rows}x{cols}입니다"
            )
        );
    }
    Ok(pictures)
}
