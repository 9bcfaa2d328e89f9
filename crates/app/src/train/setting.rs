//! A run with what the command line knows of it: the configuration as files hold it, the images, their checksums.

use crate::checkpoint::{Checkpoint, Stored};
use crate::config::Config;
use crate::data::{Data, Fingerprint};
use anyhow::Result;
use net::TwoLayerNet;
use training::Run;

/// What does not change while a run goes on.
pub(super) struct Setting<'a> {
    pub(super) config: Config,
    pub(super) data: &'a Data,
    pub(super) fingerprint: Fingerprint,
}

impl<'a> Setting<'a> {
    /// A run at its start.
    pub(super) fn new<T: Stored>(config: Config, net: &TwoLayerNet<T>, data: &'a Data) -> Result<(Self, Run<T>)> {
        let run = Run::from_net(config.of_run(), net, data.inputs())?;
        Ok((Self { config, data, fingerprint: data.fingerprint() }, run))
    }

    /// A run at a checkpoint.
    pub(super) fn resumed<T: Stored>(checkpoint: Checkpoint, data: &'a Data) -> Result<(Self, Run<T>)> {
        let net = checkpoint.net();
        let Checkpoint { config, iteration, history, data: fingerprint, .. } = checkpoint;
        let run = Run::resumed(config.of_run(), &net, iteration, history, data.inputs())?;
        Ok((Self { config, data, fingerprint }, run))
    }

    pub(super) fn checkpoint<T: Stored>(&self, run: &Run<T>) -> Checkpoint {
        Checkpoint {
            config: self.config.clone(),
            iteration: run.iteration(),
            parameters: T::store(run.net().params),
            history: run.history().clone(),
            data: self.fingerprint.clone(),
        }
    }
}
