//! A trained net, from any file that can hold one: a checkpoint, or the arrays alone as Python programs keep them.

use crate::checkpoint::{self, Run};
use crate::cli::{DatasetChoice, SourceArgs};
use crate::config::{Activation, DatasetName};
use crate::data::{self, Data};
use crate::failure::{self, usage};
use crate::files;
use crate::lang::said;
use crate::runs;
use crate::text::{counted, say, thousands};
use anyhow::{Context, Error, Result, anyhow};
use net::{Real, Sizes, TwoLayerNet};
use net_file::{AnyParameters, Kind, Renamed, StoredNet};
use std::io;
use std::path::{Path, PathBuf};

/// What the command line calls MODEL, loaded.
pub(crate) struct Model {
    /// The file that it came from.
    pub(crate) path: PathBuf,
    pub(crate) parameters: AnyParameters,
    pub(crate) activation: Activation,
    /// Whether the file names the activation, so that it cannot be another.
    pub(crate) is_activation_known: bool,
    /// Whether nobody named the activation, neither the file nor the command line.
    pub(crate) is_activation_guessed: bool,
    /// Its arrays, where the file has them under other names.
    renamed: Vec<Renamed>,
    /// The rest of the checkpoint, where it came from one.
    pub(crate) run: Option<Run>,
}

impl Model {
    /// Reads a run folder, a checkpoint, a .npz or a .safetensors; the newest run where none is given. `activation` is
    /// what the command line says of it, sigmoid where neither that nor the file says anything. A note says what was
    /// transposed.
    pub(crate) fn load(given: Option<&Path>, activation: Option<Activation>) -> Result<Self> {
        let model = Self::load_quietly(given, activation)?;
        for array in model.renamed.iter().filter(|array| array.transposed.is_some()) {
            let korean = korean::renamed(array);
            say(&said!("note: {array}", "참고: {korean}"));
        }
        Ok(model)
    }

    /// [`Model::load`] without a word.
    pub(crate) fn load_quietly(given: Option<&Path>, activation: Option<Activation>) -> Result<Self> {
        let path = match given {
            Some(given) => runs::named(given)?,
            None => runs::newest()?,
        };
        let (path, StoredNet { parameters, activation: known, renamed }, run) =
            open(path, &said!("the number or folder of a run", "학습 번호나 폴더"))?;
        let known = known.map(named);
        if let (Some(known), Some(given)) = (known, activation)
            && known != given
        {
            return Err(usage(said!(
                "--activation {given}: {} has {known}; leave out --activation",
                "--activation {given}: {}의 활성화 함수는 {known}입니다. --activation을 빼세요",
                path.display()
            )));
        }
        let is_activation_known = known.is_some();
        let is_activation_guessed = known.or(activation).is_none();
        let activation = known.or(activation).unwrap_or(Activation::Sigmoid);
        Ok(Self { path, parameters, activation, is_activation_known, is_activation_guessed, renamed, run })
    }

    pub(crate) fn sizes(&self) -> Result<Sizes> {
        Ok(self.parameters.sizes()?)
    }

    /// The data that the run was trained on, unless the command line names others.
    pub(crate) fn data(&self, source: &SourceArgs) -> Result<Data> {
        let (name, data_dir) = data::resolve(source, self.run.as_ref().map(|run| &run.config))?;
        let run = self.run.as_ref().filter(|run| run.config.dataset == name);
        let (train_limit, test_limit) = run.map_or((None, None), |run| (run.config.train_limit, run.config.test_limit));
        let data = Data::load(name, &data_dir, train_limit, test_limit)?;
        data.check_fits(self.sizes()?)?;
        if name == DatasetName::Digits && self.run.is_none() && source.dataset != Some(DatasetChoice::Digits) {
            say(&said!(
                "note: no MNIST in {}, so these are the built-in digits",
                "참고: {}에 MNIST가 없어 내장 숫자를 씁니다",
                data_dir.display()
            ));
        }
        if run.is_some_and(|run| data.fingerprint() != run.data) {
            say(&said!(
                "note: these are not the images that the network was trained on; their checksums differ",
                "참고: 이 신경망을 학습한 이미지가 아닙니다. 체크섬이 다릅니다"
            ));
        }
        Ok(data)
    }

    /// What is known of it besides its file: how far its run got, else the activation, and whether that is a guess.
    pub(crate) fn origin(&self) -> String {
        match &self.run {
            Some(run) if run.is_finished() => {
                let (counted, done) = (counted(run.iteration, "iteration"), thousands(run.iteration));
                said!("after {counted}", "{done}회 반복 후")
            }
            Some(run) => {
                let (done, of) = (thousands(run.iteration), thousands(run.config.iterations));
                said!("after {done} of {of} iterations", "{done}회 반복 후(전체 {of}회)")
            }
            None if self.is_activation_guessed => said!(
                "{} (assumed, because the file does not say)",
                "{}(파일에 적혀 있지 않아 가정함)",
                self.activation
            ),
            None => self.activation.to_string(),
        }
    }

    /// The net, rounded where `T` is the smaller type.
    pub(crate) fn net<T: Real>(&self) -> TwoLayerNet<T> {
        self.net_with(self.activation)
    }

    /// The net with this activation, whatever the file says.
    pub(crate) fn net_with<T: Real>(&self, activation: Activation) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: activation.into() }
    }
}

/// Reads the net of a run folder, a checkpoint, a .npz or a .safetensors.
///
/// # Errors
///
/// When the file cannot be read, is damaged, or holds no such net.
pub fn load_net(path: &Path) -> Result<StoredNet> {
    open(path.to_owned(), &said!("the folder of a run", "학습 폴더")).map(|(_, net, _)| net)
}

/// The file that was read, its net, and the rest of the checkpoint where it is one. An error says that one may name `run`.
fn open(path: PathBuf, run: &str) -> Result<(PathBuf, StoredNet, Option<Run>)> {
    let path = if path.is_dir() { path.join(runs::MODEL) } else { path };
    if let Err(error) = path.metadata()
        && error.kind() == io::ErrorKind::NotFound
    {
        let text = said!(
            "no such file: {}; name {run}, a checkpoint ({}), a .npz or a .safetensors",
            "그런 파일이 없습니다: {}. {run}, 체크포인트({}), .npz, .safetensors를 지정하세요",
            path.display(),
            runs::MODEL
        );
        return Err(io::Error::new(error.kind(), text).into());
    }
    let (net, run) = match Kind::of_path(&path) {
        None => {
            let (parameters, run) = checkpoint::read(&path)?.into_parts();
            let activation = Some(run.config.activation.into());
            (StoredNet { parameters, activation, renamed: Vec::new() }, Some(run))
        }
        Some(kind) => (stored(&path, kind)?, None),
    };
    Ok((path, net, run))
}

/// Reads a file that holds the arrays alone.
fn stored(path: &Path, kind: Kind) -> Result<StoredNet> {
    let name = path.display().to_string();
    let bytes = files::read(path).with_context(|| said!("cannot read {name}", "{name} 파일을 읽을 수 없습니다"))?;
    kind.read(&bytes).map_err(|error| {
        if let Some(english) = error.advice(&name) {
            let korean = korean::advice(&english);
            let advice = said!("{english}", "{korean}");
            return anyhow!("{name}: {}; {advice}", failure::chain(&Error::new(error)));
        }
        let expected = match kind {
            Kind::Npz => said!(
                "{name} is not a usable .npz file; save one with `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=...)` or \
                 `app export`",
                "{name}은(는) 쓸 수 있는 .npz 파일이 아닙니다. `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=...)`나 \
                 `app export`로 저장하세요"
            ),
            _ => said!(
                "{name} is not a usable .{} file of W1, b1, W2 and b2; save one with `app export`",
                "{name}은(는) W1, b1, W2, b2가 든 .{} 파일이 아닙니다. `app export`로 저장하세요",
                kind.extension()
            ),
        };
        Error::new(error).context(expected)
    })
}

/// As the command line and a checkpoint name it.
fn named(activation: net::Activation) -> Activation {
    match activation {
        net::Activation::Sigmoid => Activation::Sigmoid,
        net::Activation::Tanh => Activation::Tanh,
        net::Activation::Relu => Activation::Relu,
    }
}
