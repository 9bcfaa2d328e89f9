//! Finding and loading data sets.

use crate::cli::{DatasetChoice, SourceArgs};
use crate::config::{Config, DatasetName};
use crate::memory;
use crate::text::thousands;
use anyhow::{Context, Result, bail, ensure};
use dataset::{Digits, ImageSet, Mnist};
use net::{Real, Sizes};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A loaded data set.
pub(crate) struct Data {
    pub(crate) name: DatasetName,
    pub(crate) train: ImageSet,
    pub(crate) test: ImageSet,
}

/// The images of the built-in digits never change: a seed of the run must not change the task.
const DIGITS_SEED: u64 = 0;

impl Data {
    /// Loads a data set, cut to the first images where limits are given.
    pub(crate) fn load(
        name: DatasetName,
        data_dir: &Path,
        train_limit: Option<usize>,
        test_limit: Option<usize>,
    ) -> Result<Self> {
        let (mut train, mut test) = match name {
            DatasetName::Digits => {
                let digits = Digits::new(DIGITS_SEED);
                (digits.train, digits.test)
            }
            _ => {
                let folder = data_dir.join(name.to_string());
                let fetch = match name {
                    DatasetName::Mnist => "cargo xtask fetch-mnist".to_owned(),
                    _ => format!("cargo xtask fetch-mnist --dataset {name}"),
                };
                let mnist = Mnist::open(&folder).with_context(|| {
                    format!("cannot read the data set {name}; `{fetch}` fetches or mends it, `--dataset digits` needs no file")
                })?;
                ensure!(
                    !mnist.train.is_empty() && !mnist.test.is_empty(),
                    "the data set in {} is empty: {} train and {} test images, expected at least 1 of each; `{fetch}` fetches it",
                    folder.display(),
                    mnist.train.len(),
                    mnist.test.len()
                );
                (mnist.train, mnist.test)
            }
        };
        train.truncate(train_limit.unwrap_or(usize::MAX));
        test.truncate(test_limit.unwrap_or(usize::MAX));
        // as training takes them: a place and a value for each pixel that is not 0
        let pixels = train.pixels().len() + test.pixels().len();
        memory::check(4 * pixels as u64, &format!("{} images", thousands(train.len() + test.len())))?;
        Ok(Self { name, train, test })
    }

    /// The images as a run takes them.
    pub(crate) fn inputs<T: Real>(&self) -> Arc<training::Data<T>> {
        Arc::new(training::Data::of_images(&self.train, &self.test))
    }

    /// One line for people: name, counts and size.
    pub(crate) fn describe(&self) -> String {
        let name = match self.name {
            DatasetName::Mnist => "MNIST",
            DatasetName::Fashion => "Fashion-MNIST",
            DatasetName::Kmnist => "KMNIST",
            DatasetName::Digits => "built-in digits",
        };
        let (train, test) = (thousands(self.train.len()), thousands(self.test.len()));
        format!("{name}, {train} train and {test} test images of {}x{}", self.train.rows(), self.train.cols())
    }

    /// An error unless a net of these sizes takes these images.
    pub(crate) fn check_fits(&self, sizes: Sizes) -> Result<()> {
        let (pixels, classes) = (self.train.pixels_per_image(), self.train.classes());
        ensure!(
            (sizes.inputs, sizes.classes) == (pixels, classes),
            "the net takes {} inputs to {} classes, but {} has images of {pixels} pixels in {classes} classes; \
             name another --dataset",
            sizes.inputs,
            sizes.classes,
            self.name
        );
        Ok(())
    }

    /// What tells these data from others.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        let of = |set: &ImageSet| SetFingerprint {
            images: set.len() as u64,
            rows: set.rows() as u64,
            cols: set.cols() as u64,
            pixels_crc32: crc32fast::hash(set.pixels()),
            labels_crc32: crc32fast::hash(set.labels()),
        };
        Fingerprint { train: of(&self.train), test: of(&self.test) }
    }
}

/// Checksums of the images and labels that a run sees: a guard against accidents, not against forgery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    pub(crate) train: SetFingerprint,
    pub(crate) test: SetFingerprint,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetFingerprint {
    pub(crate) images: u64,
    pub(crate) rows: u64,
    pub(crate) cols: u64,
    pub(crate) pixels_crc32: u32,
    pub(crate) labels_crc32: u32,
}

/// Which data set the command line means, and in which folder: those of the run where it says nothing.
pub(crate) fn resolve(source: &SourceArgs, of_the_run: Option<&Config>) -> Result<(DatasetName, PathBuf)> {
    let given_dir = source.data_dir.as_deref().map(given_dir).transpose()?;
    let data_dir = given_dir.or_else(|| of_the_run?.data_dir.clone()).unwrap_or_else(default_dir);
    let name = match (source.dataset, of_the_run) {
        (None, Some(config)) => config.dataset,
        (choice, _) => choice.and_then(DatasetChoice::name).unwrap_or_else(|| auto(&data_dir)),
    };
    Ok((name, data_dir))
}

/// Resolves `auto`: MNIST where it has been fetched, even in part, so that a damaged set is reported and not replaced.
pub(crate) fn auto(data_dir: &Path) -> DatasetName {
    if Mnist::is_present(data_dir.join("mnist")) { DatasetName::Mnist } else { DatasetName::Digits }
}

/// `data` of the checkout, found upward from the current folder, else `./data`.
pub(crate) fn default_dir() -> PathBuf {
    match checkout() {
        // keep paths short where people see them
        Some(folder) if std::env::current_dir().is_ok_and(|current| folder == current) => PathBuf::from("data"),
        Some(folder) => folder.join("data"),
        None => PathBuf::from("data"),
    }
}

/// The checkout that the current folder lies in.
pub(crate) fn checkout() -> Option<PathBuf> {
    let current = std::env::current_dir().ok()?;
    current.ancestors().find(|folder| folder.join("crates/app/Cargo.toml").is_file()).map(Path::to_owned)
}

/// A folder given on the command line, which must be there.
pub(crate) fn given_dir(given: &Path) -> Result<PathBuf> {
    if !given.is_dir() {
        bail!("--data-dir {}: no such folder; it is the one that holds mnist/", given.display());
    }
    std::path::absolute(given).with_context(|| format!("cannot resolve {}", given.display()))
}
