//! The state of the page: images, and a run on them.

use crate::error::{Text, WebError};
use crate::files::{Files, Images};
use crate::message::{from_message, to_message};
use crate::request::{FileName, PageConfig, Request, SaveKind};
use crate::view::histogram_images;
use dataset::Digits;
use net::nalgebra::DMatrix;
use net_file::{AnyParameters, Kind};
use serde::Serialize;
use std::sync::Arc;
use training::{Data, Evaluation, Run};

/// The most iterations per request: their losses are one reply.
const MOST_ITERATIONS: u32 = 10_000;

/// Images and a run on them. A request changes it or is refused; a refused request changes nothing.
#[derive(Default)]
pub struct Session {
    files: Files,
    images: Option<(Arc<Images>, Arc<Data<f64>>)>,
    course: Option<Course>,
}

/// A run, with the values that are shown of it.
pub(crate) struct Course {
    pub(crate) run: Run<f64>,
    pub(crate) images: Arc<Images>,
    /// Images of the test set, N x D.
    pub(crate) histogram_images: DMatrix<f64>,
    /// The step of central differences, even if the run uses backpropagation.
    pub(crate) h: f64,
    /// The number of parameters.
    parameters: usize,
}

#[derive(Serialize)]
struct DataReply {
    /// Digits or MNIST; none if files are still missing.
    data: Option<&'static str>,
    train: usize,
    test: usize,
    missing: Vec<&'static str>,
}

#[derive(Serialize)]
struct RunReply {
    iteration: u64,
    train: usize,
    parameters: usize,
    evaluations: Vec<Evaluation>,
    /// Why the run cannot continue, if it cannot.
    diverged: Option<Text>,
}

#[derive(Serialize)]
struct LoadReply {
    config: PageConfig,
    /// The arrays that had other names in the file, and whether the activation is a guess.
    renamed: Vec<Text>,
    activation_is_named: bool,
    train: usize,
    parameters: usize,
}

#[derive(Serialize)]
struct Classified {
    probabilities: Vec<f64>,
}

#[derive(Serialize)]
struct PictureReply {
    several: bool,
}

#[derive(Serialize)]
struct TestImageReply {
    index: usize,
    label: u8,
}

#[derive(Serialize)]
struct Done {}

impl Session {
    /// Answers a message with a message. If the request is refused, the reply is `{"error": {"en": "...", "ko": "..."}}`.
    /// Every text for people is such a pair, also `diverged` and the elements of `renamed`.
    ///
    /// | request | with bytes | reply | with bytes |
    /// | --- | --- | --- | --- |
    /// | `{"do": "digits", "train": 10000, "test": 2000}` | | `data`, `train`, `test`, `missing` | |
    /// | `{"do": "files", "files": [{"name", "bytes"}]}` | the files | the same; `data` is null if files are `missing` | |
    /// | `{"do": "start", "config": {}}` | | `iteration`, `train`, `parameters`, `evaluations`, `diverged` | |
    /// | `{"do": "load", "config": {}}` | .npz or .safetensors | `config`, `renamed`, `activation_is_named`, `train`, `parameters` | |
    /// | `{"do": "train", "iterations": 10}`, 10,000 at most | | as `start`; only new evaluations | the losses, f64 |
    /// | `{"do": "step"}` | | an iteration in detail | the minibatch |
    /// | `{"do": "learning_rate", "learning_rate": 0.5}` | | `{}` | |
    /// | `{"do": "view", "answers": true, "difference": false}` | | histogram, confusion matrix | W1 by neuron, f32 |
    /// | `{"do": "classify"}` | 784 pixels | `probabilities` | |
    /// | `{"do": "picture", "rows": 90, "cols": 60}` | its greys | `several` | 784 pixels |
    /// | `{"do": "test_image", "index": 3}` | | `index`, `label` | 784 pixels |
    /// | `{"do": "save", "kind": "npz"}` | | `{}` | the file |
    #[must_use]
    pub fn answer(&mut self, message: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.try_answer(message, &mut bytes) {
            Ok(json) => to_message(&json, &bytes),
            Err(error) => to_message(&error.to_json(), &[]),
        }
    }

    fn try_answer(&mut self, message: &[u8], out: &mut Vec<u8>) -> Result<String, WebError> {
        let (request, bytes) = from_message(message).ok_or(WebError::Message)?;
        match serde_json::from_str(request).map_err(WebError::Request)? {
            Request::Digits { train, test } => {
                let Digits { train, test } =
                    Digits::with_sizes(0, train.clamp(1, Digits::TRAIN), test.clamp(1, Digits::TEST));
                json(&self.take(Images { train, test, name: "digits" }))
            }
            Request::Files { files } => json(&self.add_files(&files, bytes)?),
            Request::Start { config } => {
                let (images, data) = self.images()?;
                let run = Run::new(config.to_config()?, data)?;
                self.course = Some(Course::new(run, images, config.h));
                json(&self.course()?.reply(0, None))
            }
            Request::Load { config } => {
                let (images, data) = self.images()?;
                let stored = net_file::read(bytes)?;
                let net = stored.net::<f64>(config.activation()?);
                let config =
                    PageConfig { hidden: net.sizes().hidden, activation: net.activation.to_string(), ..config };
                let run = Run::from_net(config.to_config()?, &net, data)?;
                let course = self.course.insert(Course::new(run, images, config.h));
                json(&LoadReply {
                    train: course.run.train_len(),
                    parameters: course.parameters,
                    config,
                    renamed: stored
                        .renamed
                        .iter()
                        .map(|array| Text { en: array.to_string(), ko: korean::renamed(array) })
                        .collect(),
                    activation_is_named: stored.activation.is_some(),
                })
            }
            Request::Train { iterations } => {
                let course = self.course_mut()?;
                let known = course.run.history().evaluations.len();
                let mut diverged = None;
                for _ in 0..iterations.min(MOST_ITERATIONS) {
                    match course.run.step() {
                        Ok(step) => out.extend(step.loss.to_le_bytes()),
                        Err(error) => {
                            diverged = Some(Text { en: error.to_string(), ko: korean::diverged(&error) });
                            break;
                        }
                    }
                }
                json(&course.reply(known, diverged))
            }
            Request::Step {} => json(&self.course_mut()?.step_in_detail(out)?),
            Request::LearningRate { learning_rate } => {
                self.course_mut()?.run.set_learning_rate(learning_rate)?;
                json(&Done {})
            }
            Request::View { answers, difference } => json(&self.course()?.view(answers, difference, out)),
            Request::Classify {} => {
                if bytes.len() != 784 {
                    return Err(WebError::Image { found: bytes.len() });
                }
                json(&Classified { probabilities: self.course()?.classify(bytes) })
            }
            Request::Picture { rows, cols } => {
                if rows.checked_mul(cols) != Some(bytes.len()) {
                    return Err(WebError::PictureSize { rows, cols, bytes: bytes.len() });
                }
                let found = picture::find_digit(bytes, rows, cols)?;
                out.extend(found.image);
                json(&PictureReply { several: found.is_several })
            }
            Request::TestImage { index } => {
                let test = &self.course()?.images.test;
                let index = index % test.len(); // a set is never empty
                out.extend(test.image(index));
                json(&TestImageReply { index, label: test.labels()[index] })
            }
            Request::Save { kind } => {
                let net = self.course()?.run.net();
                let kind = match kind {
                    SaveKind::Npz => Kind::Npz,
                    SaveKind::Safetensors => Kind::Safetensors,
                };
                *out = kind.write(&AnyParameters::F64(net.params), net.activation).map_err(WebError::Save)?;
                json(&Done {})
            }
        }
    }

    fn add_files(&mut self, files: &[FileName], mut bytes: &[u8]) -> Result<DataReply, WebError> {
        let mut named = Vec::new();
        for FileName { name, bytes: length } in files {
            let (file, rest) = bytes.split_at_checked(*length).ok_or(WebError::Message)?;
            bytes = rest;
            named.push((name.as_str(), file));
        }
        match self.files.add(&named)? {
            Some(images) => Ok(self.take(images)),
            None => Ok(DataReply { data: None, train: 0, test: 0, missing: self.files.missing() }),
        }
    }

    /// Uses these images for the next run.
    fn take(&mut self, images: Images) -> DataReply {
        let data = Data::of_images(&images.train, &images.test);
        let (train, test) = (images.train.len(), images.test.len());
        let reply = DataReply { data: Some(images.name), train, test, missing: Vec::new() };
        self.images = Some((Arc::new(images), Arc::new(data)));
        reply
    }

    fn images(&self) -> Result<(Arc<Images>, Arc<Data<f64>>), WebError> {
        self.images.clone().ok_or(WebError::NoImages)
    }

    fn course(&self) -> Result<&Course, WebError> {
        self.course.as_ref().ok_or(WebError::NoRun)
    }

    fn course_mut(&mut self) -> Result<&mut Course, WebError> {
        self.course.as_mut().ok_or(WebError::NoRun)
    }
}

impl Course {
    fn new(run: Run<f64>, images: Arc<Images>, h: f64) -> Self {
        let parameters = run.net().sizes().parameters().unwrap_or(usize::MAX);
        Self { histogram_images: histogram_images(&images.test), run, images, h, parameters }
    }

    /// The reply with the evaluations after the first `known`.
    fn reply(&self, known: usize, diverged: Option<Text>) -> RunReply {
        RunReply {
            iteration: self.run.iteration(),
            train: self.run.train_len(),
            parameters: self.parameters,
            evaluations: self.run.history().evaluations[known..].to_vec(),
            diverged,
        }
    }
}

/// Serializes the reply as JSON; a number that is not finite becomes null.
fn json(reply: &impl Serialize) -> Result<String, WebError> {
    serde_json::to_string(reply).map_err(WebError::Request)
}
