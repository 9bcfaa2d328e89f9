//! `app predict`: what a net reads in image files.

mod answer;
pub(crate) mod ink;
mod paper;
pub(crate) mod picture;

use crate::checkpoint::Stored;
use crate::cli::PredictArgs;
use crate::config::Precision;
use crate::model::{self, Model};
use crate::text::tell;
use answer::{Answer, Output};
use anyhow::{Result, anyhow, ensure};
use core_math::softmax;
use dataset::mnist_image;
use net::{Predictor, Rows};
use picture::{MOST_PIXELS, Pictures};
use std::path::Path;
use std::process::ExitCode;

/// Images that go through the net together.
const BATCH: usize = 1000;

/// Height and width of what MNIST's rule makes.
const SIDE: usize = 28;

pub(crate) fn run(arguments: &PredictArgs) -> Result<ExitCode> {
    let model = Model::load(arguments.model.path.as_deref(), arguments.model.activation)?;
    let inputs = model.sizes()?.inputs;
    ensure!(
        arguments.raw || inputs == SIDE * SIDE,
        "the net in {} takes {inputs} inputs, but images are brought to 28x28 = 784 pixels; with --raw, images of {inputs} \
         pixels are taken as they are",
        model.path.display()
    );
    match model.parameters.precision() {
        Precision::F32 => answer_all::<f32>(&model, inputs, arguments),
        Precision::F64 => answer_all::<f64>(&model, inputs, arguments),
    }
}

/// Answers what can be read, and complains of the rest.
fn answer_all<T: Stored>(model: &Model, inputs: usize, arguments: &PredictArgs) -> Result<ExitCode> {
    let net = Predictor::new(&model.net::<T>());
    let mut output = Output::new(arguments);
    output.name_net(model)?;
    let mut exit_code = ExitCode::SUCCESS;
    let mut complain = |error: anyhow::Error| {
        tell!("error: {error:#}");
        exit_code = ExitCode::FAILURE;
    };
    for path in &arguments.images {
        let name = path.display().to_string();
        let pictures = match open(path, arguments.raw.then_some(inputs)) {
            Ok(pictures) => pictures,
            Err(error) => {
                complain(error.context(format!("cannot read {name}")));
                continue;
            }
        };
        let (size, cols) = (pictures.size(), if arguments.raw { pictures.cols } else { SIDE });
        for (k, batch) in pictures.pixels.chunks(BATCH * size).enumerate() {
            let mut pixels = Vec::new(); // N x D
            let mut indices = Vec::new(); // N
            for (index, picture) in (k * BATCH..).zip(batch.chunks_exact(size)) {
                match if arguments.raw { Ok(picture.to_vec()) } else { as_mnist(picture, pictures.rows, pictures.cols) }
                {
                    Ok(seen) => {
                        pixels.extend(seen);
                        indices.push(index);
                    }
                    Err(error) if pictures.is_list => complain(error.context(format!("{name}, image {index}"))),
                    Err(error) => complain(error.context(name.clone())),
                }
            }
            let y = softmax(&net.logits(&Rows::from_bytes(&pixels, inputs), 0..indices.len())); // N x K
            for ((&index, pixels), y) in indices.iter().zip(pixels.chunks_exact(inputs)).zip(y.row_iter()) {
                let probabilities = y.iter().map(|p| p.to_f64()).collect();
                output.write(&Answer::new(&name, index, probabilities, pixels), cols, pictures.is_list)?;
            }
        }
    }
    output.end()?;
    Ok(exit_code)
}

/// The pictures of a file, at least one, each of `expected` pixels where that is given.
fn open(path: &Path, expected: Option<usize>) -> Result<Pictures> {
    let pictures = Pictures::read(&model::bytes_of(path)?, MOST_PIXELS)?;
    let Pictures { rows, cols, .. } = pictures;
    ensure!(!pictures.pixels.is_empty(), "it holds no pixels, expected an image");
    if let Some(expected) = expected {
        ensure!(
            rows * cols == expected,
            "with --raw, images of {expected} pixels are expected, the inputs of the net, but this has {rows}x{cols}"
        );
    }
    Ok(pictures)
}

/// The 28 x 28 pixels that MNIST would hold of this picture.
pub(crate) fn as_mnist(grey: &[u8], rows: usize, cols: usize) -> Result<Vec<u8>> {
    let nothing = || anyhow!("nothing stands out from the paper: expected a digit that is clearly darker or lighter");
    let ink = ink::ink(grey, rows, cols).ok_or_else(nothing)?;
    Ok(mnist_image(&ink.pixels, ink.rows, ink.cols).map_err(|_| nothing())?.to_vec())
}
