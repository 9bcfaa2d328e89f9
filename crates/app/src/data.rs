//! Finding and loading data sets.

use crate::cli::{DatasetChoice, SourceArgs};
use crate::config::{Config, DatasetName};
use crate::lang::said;
use crate::memory;
use crate::text::{say, thousands};
use anyhow::{Context, Result, bail, ensure};
use dataset::{Digits, ImageSet, Mnist, MnistFolder, MnistKind};
use net::{Real, Sizes};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A loaded data set.
pub(crate) struct Data {
    pub(crate) name: DatasetName,
    pub(crate) train: ImageSet,
    pub(crate) test: ImageSet,
    /// What people should know about the files, a line each.
    notes: Vec<String>,
}

/// The images of the built-in digits never change: a seed of the run must not change the task.
const DIGITS_SEED: u64 = 0;

impl Data {
    /// Images that nothing is to be said about.
    pub(crate) fn new(name: DatasetName, train: ImageSet, test: ImageSet) -> Self {
        Self { name, train, test, notes: Vec::new() }
    }

    /// Loads a data set, cut to the first images where limits are given.
    pub(crate) fn load(
        name: DatasetName,
        data_dir: &Path,
        train_limit: Option<usize>,
        test_limit: Option<usize>,
    ) -> Result<Self> {
        let Some(kind) = name.kind() else {
            let Digits { train, test } = Digits::new(DIGITS_SEED);
            return Ok(Self::new(name, train, test).cut(train_limit, test_limit));
        };
        let fetch = match name {
            DatasetName::Mnist => "cargo xtask fetch-mnist".to_owned(),
            _ => format!("cargo xtask fetch-mnist --dataset {name}"),
        };
        let folder = MnistFolder::look(data_dir, kind);
        let Mnist { train, test } = folder.open().with_context(|| {
            let usual = default_dir();
            if !folder.is_present() && MnistFolder::look(&usual, kind).is_present() {
                return said!(
                    "cannot read the data set {name}; {0} has it, so leave out --data-dir or name {0}",
                    "{name} 데이터셋을 읽을 수 없습니다. {0} 폴더에 있으니 --data-dir을 빼거나 {0}을(를) 지정하세요",
                    usual.display()
                );
            }
            said!(
                "cannot read the data set {name}; download it (again) with `{fetch}`, or use `--dataset digits`, which \
                 needs no files",
                "{name} 데이터셋을 읽을 수 없습니다. `{fetch}`로 (다시) 내려받거나 파일이 필요 없는 `--dataset digits`를 쓰세요"
            )
        })?;
        ensure!(
            !train.is_empty() && !test.is_empty(),
            said!(
                "the data set {name} in {} is empty: {} train and {} test images, expected at least 1 of each; download it \
                 with `{fetch}`",
                "{}의 데이터셋 {name}이(가) 비어 있습니다: 훈련 이미지 {}장, 시험 이미지 {}장. 1장 이상씩 있어야 하니 \
                 `{fetch}`로 내려받으세요",
                data_dir.display(),
                train.len(),
                test.len()
            )
        );
        let mut data = Self::new(name, train, test);
        data.notes.extend(folder.note().map(|english| {
            let korean = korean::note(&english);
            said!("{english}", "{korean}")
        }));
        if name == DatasetName::Mnist && data.fingerprint() != Fingerprint::mnist() {
            data.notes.push(said!(
                "these are not LeCun's MNIST files (their checksums differ)",
                "LeCun의 MNIST 파일이 아닙니다(체크섬이 다릅니다)"
            ));
        }
        if let [first, others @ ..] = data.train.labels()
            && others.len() > 100
            && others.iter().all(|label| label == first)
        {
            data.notes.push(said!(
                "all training images have the label {first}, so there is nothing to learn",
                "모든 훈련 이미지의 레이블이 {first}이라 학습할 것이 없습니다"
            ));
        }
        let data = data.cut(train_limit, test_limit);
        // as training takes them: a place and a value for each pixel that is not 0
        let (images, pixels) =
            (data.train.len() + data.test.len(), data.train.pixels().len() + data.test.pixels().len());
        memory::check(4 * pixels as u64, &said!("{} images", "이미지 {}장", thousands(images)))?;
        Ok(data)
    }

    /// The first images alone, where limits are given.
    fn cut(mut self, train_limit: Option<usize>, test_limit: Option<usize>) -> Self {
        self.train.truncate(train_limit.unwrap_or(usize::MAX));
        self.test.truncate(test_limit.unwrap_or(usize::MAX));
        self
    }

    /// Tells what people should know about the files.
    pub(crate) fn tell_notes(&self) {
        for note in &self.notes {
            say(&said!("note: {note}", "참고: {note}"));
        }
    }

    /// The images as a run takes them.
    pub(crate) fn inputs<T: Real>(&self) -> Arc<training::Data<T>> {
        Arc::new(training::Data::of_images(&self.train, &self.test))
    }

    /// One line for people: name, counts and size.
    pub(crate) fn describe(&self) -> String {
        let [english, korean] = self.texts();
        said!("{english}", "{korean}")
    }

    /// The same in English and in Korean.
    pub(crate) fn texts(&self) -> [String; 2] {
        let title = |digits| self.name.kind().map_or(digits, MnistKind::title);
        let (train, test) = (thousands(self.train.len()), thousands(self.test.len()));
        let (rows, cols) = (self.train.rows(), self.train.cols());
        [
            format!("{}, {train} train and {test} test images of {rows}x{cols}", title("built-in digits")),
            format!("{}, 훈련 {train}장, 시험 {test}장, {rows}x{cols}", title("내장 숫자")),
        ]
    }

    /// An error unless a net of these sizes takes these images.
    pub(crate) fn check_fits(&self, sizes: Sizes) -> Result<()> {
        let (pixels, classes) = (self.train.pixels_per_image(), self.train.classes());
        ensure!(
            (sizes.inputs, sizes.classes) == (pixels, classes),
            said!(
                "the network has {} inputs and {} classes, but {} has images of {pixels} pixels in {classes} classes; \
                 name another --dataset",
                "신경망은 입력이 {}개, 클래스가 {}개인데 {}의 이미지는 {pixels}픽셀이고 클래스가 {classes}개입니다. \
                 다른 --dataset을 지정하세요",
                sizes.inputs,
                sizes.classes,
                self.name
            )
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

impl Fingerprint {
    /// The checksums of MNIST as LeCun published it.
    fn mnist() -> Self {
        let of = |images, pixels_crc32, labels_crc32| SetFingerprint {
            images,
            rows: 28,
            cols: 28,
            pixels_crc32,
            labels_crc32,
        };
        Self { train: of(60_000, 0xf363_9b56, 0xba07_e8ef), test: of(10_000, 0xe4ca_5f57, 0xee86_04d9) }
    }
}

/// Which data set the command line means, and in which folder. Where it says nothing, the run decides.
pub(crate) fn resolve(source: &SourceArgs, of_the_run: Option<&Config>) -> Result<(DatasetName, PathBuf)> {
    let named = given_dir(source)?.or_else(|| of_the_run?.data_dir.clone());
    let name = match (source.dataset, of_the_run) {
        (None, Some(config)) => config.dataset,
        (choice, _) => choice.and_then(DatasetChoice::name).unwrap_or_else(|| auto(named.as_deref())),
    };
    Ok((name, named.unwrap_or_else(default_dir)))
}

/// Resolves `auto`: MNIST where a folder is named, and in the default folder where there is something of it. So a damaged
/// set, or a folder without one, is reported and not replaced by the built-in digits.
pub(crate) fn auto(named: Option<&Path>) -> DatasetName {
    let present = || MnistFolder::look(default_dir(), MnistKind::Mnist).is_present();
    if named.is_some() || present() { DatasetName::Mnist } else { DatasetName::Digits }
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

/// The folder given on the command line. It must be there, unless the built-in digits are asked for: they need none.
pub(crate) fn given_dir(source: &SourceArgs) -> Result<Option<PathBuf>> {
    let Some(given) = &source.data_dir else { return Ok(None) };
    if source.dataset != Some(DatasetChoice::Digits) && !given.is_dir() {
        let what = if given.exists() {
            said!("that is a file", "파일입니다")
        } else {
            said!("no such folder", "그런 폴더가 없습니다")
        };
        bail!(said!(
            "--data-dir {}: {what}; name the folder with the files, or the folder that contains mnist/",
            "--data-dir {}: {what}. 파일이 있는 폴더나 mnist/가 든 폴더를 지정하세요",
            given.display()
        ));
    }
    std::path::absolute(given)
        .map(Some)
        .with_context(|| said!("cannot resolve {}", "{}을(를) 절대 경로로 바꿀 수 없습니다", given.display()))
}
