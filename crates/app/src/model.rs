//! A trained net, from any file that can hold one: a checkpoint, or the arrays alone as Python programs keep them.

use crate::checkpoint::{self, Run};
use crate::cli::{DatasetChoice, SourceArgs};
use crate::config::{Activation, DatasetName};
use crate::data::{self, Data};
use crate::failure::usage;
use crate::files;
use crate::runs;
use crate::text::{counted, tell, thousands};
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
            tell!("note: {array}");
        }
        Ok(model)
    }

    /// [`Model::load`] without a word.
    pub(crate) fn load_quietly(given: Option<&Path>, activation: Option<Activation>) -> Result<Self> {
        let path = match given {
            Some(given) => runs::named(given)?,
            None => runs::newest()?,
        };
        let (path, StoredNet { parameters, activation: known, renamed }, run) = open(path)?;
        let known = known.map(named);
        if let (Some(known), Some(given)) = (known, activation)
            && known != given
        {
            return Err(usage(format!("--activation {given}: {} has {known}; leave it out", path.display())));
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
            tell!("note: no MNIST in {}, so these are the built-in digits", data_dir.display());
        }
        if run.is_some_and(|run| data.fingerprint() != run.data) {
            tell!("note: these are not the images that the net was trained on; their checksums differ");
        }
        Ok(data)
    }

    /// What is known of it besides its file: how far its run got, else the activation, and whether that is a guess.
    pub(crate) fn origin(&self) -> String {
        match &self.run {
            Some(run) if run.is_finished() => format!("after {}", counted(run.iteration, "iteration")),
            Some(run) => {
                format!("after {} of {}", thousands(run.iteration), counted(run.config.iterations, "iteration"))
            }
            None if self.is_activation_guessed => format!("{}, as its file does not say", self.activation),
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
    open(path.to_owned()).map(|(_, net, _)| net)
}

/// The file that was read, its net, and the rest of the checkpoint where it is one.
fn open(path: PathBuf) -> Result<(PathBuf, StoredNet, Option<Run>)> {
    let path = if path.is_dir() { path.join(runs::MODEL) } else { path };
    if let Err(error) = path.metadata()
        && error.kind() == io::ErrorKind::NotFound
    {
        let text = format!(
            "no such file: {}; a net is read from a run folder, a checkpoint ({}), a .npz or a .safetensors",
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
    let bytes = files::read(path).with_context(|| format!("cannot read {name}"))?;
    kind.read(&bytes).map_err(|error| match (error.advice(&name), kind) {
        (Some(advice), _) => anyhow!("{name}: {:#}; {advice}", Error::new(error)),
        (None, Kind::Npz) => Error::new(error).context(format!(
            "{name} is not what `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=...)` or `app export` writes"
        )),
        (None, _) => Error::new(error).context(format!(
            "{name} is not a .{} file of W1, b1, W2 and b2, as `app export` writes",
            kind.extension()
        )),
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
