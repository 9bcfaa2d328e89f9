//! A trained net, from any file that can hold one: a checkpoint, or the arrays alone as Python programs keep them.

mod arrays;
pub(crate) mod npy;
pub(crate) mod npz;
pub(crate) mod safetensors;

use crate::checkpoint::{self, AnyParameters, Run};
use crate::config::Activation;
use crate::failure::usage;
use crate::runs;
use crate::text::thousands;
use anyhow::{Context, Result, bail, ensure};
use core_math::Real;
use net::{Sizes, TwoLayerNet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The most bytes that are read of a file, and of the arrays in it: 1 GiB.
const LIMIT: usize = 1 << 30;

/// What the command line calls MODEL, loaded.
pub(crate) struct Model {
    /// The file that it came from.
    pub(crate) path: PathBuf,
    pub(crate) parameters: AnyParameters,
    pub(crate) activation: Activation,
    /// The rest of the checkpoint, where it came from one.
    pub(crate) run: Option<Run>,
}

/// The kinds of files that hold the arrays alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Npz,
    Safetensors,
}

impl Kind {
    /// The kind that a file name asks for by its extension.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        [(Self::Npz, "npz"), (Self::Safetensors, "safetensors")]
            .into_iter()
            .find_map(|(kind, name)| extension.eq_ignore_ascii_case(name).then_some(kind))
    }
}

impl Model {
    /// Reads a run folder, a checkpoint, a .npz or a .safetensors; the newest run where none is given. `activation` is
    /// what the command line says of it, sigmoid where neither that nor the file says anything.
    pub(crate) fn load(given: Option<&Path>, activation: Option<Activation>) -> Result<Self> {
        let path = match given {
            Some(given) => given.to_owned(),
            None => runs::newest()?,
        };
        let path = if path.is_dir() { path.join(runs::MODEL) } else { path };
        let (parameters, known, run) = match Kind::of(&path) {
            None => {
                let (parameters, run) = checkpoint::read(&path)?.into_parts();
                (parameters, Some(run.config.activation), Some(run))
            }
            Some(kind) => {
                let (parameters, known) = arrays_of(&path, kind)?;
                (parameters, known, None)
            }
        };
        if let (Some(known), Some(given)) = (known, activation)
            && known != given
        {
            return Err(usage(format!("--activation {given}: {} has {known}; leave it out", path.display())));
        }
        Ok(Self { path, parameters, activation: known.or(activation).unwrap_or(Activation::Sigmoid), run })
    }

    pub(crate) fn sizes(&self) -> Result<Sizes> {
        self.parameters.sizes()
    }

    /// What is known of it besides its file: how far its run got, else the activation.
    pub(crate) fn origin(&self) -> String {
        match &self.run {
            Some(run) => format!("after {} iterations", thousands(run.iteration)),
            None => self.activation.to_string(),
        }
    }

    /// The net, rounded where `T` is the smaller type.
    pub(crate) fn net<T: Real>(&self) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: self.activation.into() }
    }
}

fn arrays_of(path: &Path, kind: Kind) -> Result<(AnyParameters, Option<Activation>)> {
    let name = path.display();
    let bytes = bytes_of(path).with_context(|| format!("cannot read {name}"))?;
    match kind {
        Kind::Npz => npz::read(&bytes).map(|parameters| (parameters, None)).with_context(|| {
            format!("{name} is not what `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=...)` or `app export` writes")
        }),
        Kind::Safetensors => safetensors::read(&bytes)
            .with_context(|| format!("{name} is not a .safetensors file of W1, b1, W2 and b2, as `app export` writes")),
    }
}

/// The content of a file, at least one byte.
pub(crate) fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    ensure!(metadata.is_file(), "it is not a file");
    ensure!(metadata.len() <= LIMIT as u64, "{} bytes, at most {LIMIT} are read", metadata.len());
    let mut bytes = Vec::new();
    file.take(LIMIT as u64).read_to_end(&mut bytes)?;
    if bytes.is_empty() {
        bail!("it is empty");
    }
    Ok(bytes)
}

/// Some names for a message, not too many.
fn some(names: impl IntoIterator<Item: AsRef<str>>) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("{:?}", name.as_ref())).collect();
    names.sort();
    match names.len() {
        0 => "nothing".to_owned(),
        1..=8 => names.join(", "),
        _ => format!("{}, ...", names[..8].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fuzzing;
    use net::Parameters;
    use proptest::prelude::*;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    fn nets() -> [AnyParameters; 2] {
        let sizes = Sizes { inputs: 5, hidden: 3, classes: 2 };
        let single = Parameters::<f32>::random(sizes, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
        let double = Parameters::<f64>::random(sizes, 1.0, &mut ChaCha8Rng::seed_from_u64(1));
        [AnyParameters::F32(single), AnyParameters::F64(double)]
    }

    #[test]
    fn arrays_come_back_to_the_bit_in_both_formats_and_precisions() {
        for net in nets() {
            assert_eq!(npz::read(&npz::write(&net).unwrap()).unwrap(), net);
            let bytes = safetensors::write(&net, Activation::Tanh).unwrap();
            assert_eq!(safetensors::read(&bytes).unwrap(), (net, Some(Activation::Tanh)));
        }
    }

    #[test]
    fn every_cut_of_a_safetensors_file_or_an_archive_is_refused() {
        let [net, _] = nets();
        let (archive, tensors) = (npz::write(&net).unwrap(), safetensors::write(&net, Activation::Relu).unwrap());
        for length in 0..archive.len() {
            assert!(npz::read(&archive[..length]).is_err(), "{length}");
        }
        for length in 0..tensors.len() {
            assert!(safetensors::read(&tensors[..length]).is_err(), "{length}");
        }
    }

    /// ZIP has a CRC-32 of each entry: what passes is a bit that says nothing, such as one of the date.
    #[test]
    fn a_flipped_bit_of_an_archive_is_noticed_or_harmless() {
        let [net, _] = nets();
        let whole = npz::write(&net).unwrap();
        let mut noticed = 0;
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            match npz::read(&bytes) {
                Ok(read) => assert_eq!(read, net, "bit {bit}"),
                Err(_) => noticed += 1,
            }
        }
        assert!(noticed > whole.len() * 4, "{noticed} of {}", whole.len() * 8);
    }

    #[test]
    fn the_extension_tells_the_kind() {
        assert_eq!(Kind::of(Path::new("a/net.npz")), Some(Kind::Npz));
        assert_eq!(Kind::of(Path::new("NET.SafeTensors")), Some(Kind::Safetensors));
        assert_eq!(Kind::of(Path::new("model.ckpt")), None);
        assert_eq!(Kind::of(Path::new("npz")), None);
    }

    /// Four arrays of any small net, with any finite values, and the same in the other precision.
    fn any_net() -> impl Strategy<Value = AnyParameters> {
        (1_usize..7, 1_usize..5, 1_usize..4, any::<bool>()).prop_flat_map(|(inputs, hidden, classes, single)| {
            let sizes = Sizes { inputs, hidden, classes };
            let array = |shape: Vec<usize>| prop::collection::vec(finite(), shape.iter().product::<usize>());
            sizes.shapes().map(array).prop_map(move |arrays| {
                let [w1, b1, w2, b2] = arrays.each_ref().map(Vec::as_slice);
                let double = AnyParameters::F64(Parameters::from_row_major(sizes, [w1, b1, w2, b2]).unwrap());
                if single { AnyParameters::F32(double.to()) } else { double }
            })
        })
    }

    /// Of all sizes that both precisions have.
    fn finite() -> impl Strategy<Value = f64> {
        (any::<f32>(), any::<f32>()).prop_filter_map("finite", |(large, small)| {
            let value = f64::from(large) + f64::from(small) * 1e-20;
            f32::of(value).is_finite().then_some(value)
        })
    }

    proptest! {
        #[test]
        fn any_net_comes_back_to_the_bit(net in any_net()) {
            prop_assert_eq!(npz::read(&npz::write(&net).unwrap()).unwrap().sha256(), net.sha256());
            let (read, _) = safetensors::read(&safetensors::write(&net, Activation::Sigmoid).unwrap()).unwrap();
            prop_assert_eq!(read.sha256(), net.sha256());
        }

        #[test]
        fn arbitrary_bytes_never_panic(
            start in prop::sample::select(vec![
                &b""[..], b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY\x01\x00\x40\x00{'descr': '<f8', ", b"\x40\0\0\0\0\0\0\0{\"W1\":",
                b"\x89TLN\r\n\x1a\n\x01\0\0\0\x38\0\0\0",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let bytes = [start, &rest[..]].concat();
            for target in [fuzzing::checkpoint, fuzzing::npy, fuzzing::npz, fuzzing::safetensors] {
                target(&bytes);
            }
        }
    }
}
