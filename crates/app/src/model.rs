//! A trained net, from any file that can hold one: a checkpoint, or the arrays alone as Python programs keep them.

use crate::checkpoint::{self, Run};
use crate::cli::SourceArgs;
use crate::config::Activation;
use crate::data::{self, Data};
use crate::failure::usage;
use crate::files;
use crate::runs;
use crate::text::{counted, tell, thousands};
use anyhow::{Context, Result};
use net::{Real, Sizes, TwoLayerNet};
use net_file::{AnyParameters, Kind, StoredNet};
use std::path::{Path, PathBuf};

/// What the command line calls MODEL, loaded.
pub(crate) struct Model {
    /// The file that it came from.
    pub(crate) path: PathBuf,
    pub(crate) parameters: AnyParameters,
    pub(crate) activation: Activation,
    /// The rest of the checkpoint, where it came from one.
    pub(crate) run: Option<Run>,
}

impl Model {
    /// Reads a run folder, a checkpoint, a .npz or a .safetensors; the newest run where none is given. `activation` is
    /// what the command line says of it, sigmoid where neither that nor the file says anything.
    pub(crate) fn load(given: Option<&Path>, activation: Option<Activation>) -> Result<Self> {
        let path = match given {
            Some(given) => runs::named(given)?,
            None => runs::newest()?,
        };
        let (path, StoredNet { parameters, activation: known }, run) = open(path)?;
        let known = known.map(named);
        if let (Some(known), Some(given)) = (known, activation)
            && known != given
        {
            return Err(usage(format!("--activation {given}: {} has {known}; leave it out", path.display())));
        }
        Ok(Self { path, parameters, activation: known.or(activation).unwrap_or(Activation::Sigmoid), run })
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
        if run.is_some_and(|run| data.fingerprint() != run.data) {
            tell!("note: these are not the images that the net was trained on; their checksums differ");
        }
        Ok(data)
    }

    /// What is known of it besides its file: how far its run got, else the activation.
    pub(crate) fn origin(&self) -> String {
        match &self.run {
            Some(run) if run.is_finished() => format!("after {}", counted(run.iteration, "iteration")),
            Some(run) => {
                format!("after {} of {}", thousands(run.iteration), counted(run.config.iterations, "iteration"))
            }
            None => self.activation.to_string(),
        }
    }

    /// The net, rounded where `T` is the smaller type.
    pub(crate) fn net<T: Real>(&self) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: self.activation.into() }
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
    let (net, run) = match Kind::of_path(&path) {
        None => {
            let (parameters, run) = checkpoint::read(&path)?.into_parts();
            (StoredNet { parameters, activation: Some(run.config.activation.into()) }, Some(run))
        }
        Some(kind) => (stored(&path, kind)?, None),
    };
    Ok((path, net, run))
}

/// Reads a file that holds the arrays alone.
fn stored(path: &Path, kind: Kind) -> Result<StoredNet> {
    let name = path.display();
    let bytes = files::read(path).with_context(|| format!("cannot read {name}"))?;
    kind.read(&bytes).with_context(|| match kind {
        Kind::Npz => {
            format!("{name} is not what `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=...)` or `app export` writes")
        }
        _ => format!("{name} is not a .{} file of W1, b1, W2 and b2, as `app export` writes", kind.extension()),
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
