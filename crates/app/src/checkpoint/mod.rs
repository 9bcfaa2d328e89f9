//! Checkpoints: all of a run that is needed to go on with it, in one file that is whole or refused.
//!
//! The only module that knows bincode. Around its payload stands a header of our own (`container`), which is checked
//! first; what is decoded is then checked against itself before anybody sees it.

mod container;

use crate::config::{Config, Precision};
use crate::data::Fingerprint;
use crate::history::History;
use anyhow::{Context, Result, bail, ensure};
use core_math::Real;
use nalgebra::DMatrix;
use net::{Activation, Parameters, Sizes, TwoLayerNet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;

/// A run at some iteration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Checkpoint {
    pub(crate) config: Config,
    /// How many iterations are done.
    pub(crate) iteration: u64,
    pub(crate) parameters: AnyParameters,
    pub(crate) history: History,
    pub(crate) data: Fingerprint,
}

/// Parameters in the precision of their run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AnyParameters {
    F32(Parameters<f32>),
    F64(Parameters<f64>),
}

/// The number types that a checkpoint can hold.
pub(crate) trait Stored: Real {
    fn store(parameters: Parameters<Self>) -> AnyParameters;

    /// The numerical gradient in the fastest way that the type has.
    fn numerical_gradient(net: &TwoLayerNet<Self>, x: &DMatrix<Self>, t: &[u8], h: f64) -> Parameters<Self>;
}

impl Stored for f32 {
    fn store(parameters: Parameters<Self>) -> AnyParameters {
        AnyParameters::F32(parameters)
    }

    fn numerical_gradient(net: &TwoLayerNet<Self>, x: &DMatrix<Self>, t: &[u8], h: f64) -> Parameters<Self> {
        net.numerical_gradient_by_definition(x, t, Self::of(h))
    }
}

impl Stored for f64 {
    fn store(parameters: Parameters<Self>) -> AnyParameters {
        AnyParameters::F64(parameters)
    }

    fn numerical_gradient(net: &TwoLayerNet<Self>, x: &DMatrix<Self>, t: &[u8], h: f64) -> Parameters<Self> {
        net.numerical_gradient(x, t, h)
    }
}

/// What bincode writes, in version 1 of the format. The order and types of the fields, those of [`History`] and
/// [`Fingerprint`] included, *are* the format: a change of any of them is a new version.
#[derive(Serialize, Deserialize)]
struct Payload {
    /// [`Config`] as JSON, the same object that opens `log.jsonl`: bincode has no optional fields, JSON has.
    config: String,
    iteration: u64,
    inputs: u64,
    hidden: u64,
    classes: u64,
    arrays: Arrays,
    history: History,
    data: Fingerprint,
}

/// W1 b1 W2 b2 by row. Never nalgebra's own encoding: decoding that trusts the shape which the file claims.
#[derive(Serialize, Deserialize)]
enum Arrays {
    F32([Vec<f32>; 4]),
    F64([Vec<f64>; 4]),
}

/// The largest payload, 1 GiB: what is read, what a decoder may claim, and so the largest net that can be trained.
const LIMIT: usize = 1 << 30;

/// The most parameters whose checkpoint certainly stays below [`LIMIT`], history included: 100 million.
pub(crate) const MOST_PARAMETERS: usize = 100_000_000;

/// Little-endian, fixed-size integers: the first format of bincode, which its successors read too.
fn wire() -> impl bincode::config::Config {
    bincode::config::legacy().with_limit::<LIMIT>()
}

impl Checkpoint {
    /// The net at this iteration, rounded where `T` is the smaller type.
    pub(crate) fn net<T: Real>(&self) -> TwoLayerNet<T> {
        TwoLayerNet { params: self.parameters.to(), activation: self.activation() }
    }

    pub(crate) fn activation(&self) -> Activation {
        self.config.activation.into()
    }

    fn encode(&self) -> Result<Vec<u8>> {
        let Sizes { inputs, hidden, classes } = self.parameters.sizes()?;
        let payload = Payload {
            config: serde_json::to_string(&self.config)?,
            iteration: self.iteration,
            inputs: inputs as u64,
            hidden: hidden as u64,
            classes: classes as u64,
            arrays: match &self.parameters {
                AnyParameters::F32(parameters) => Arrays::F32(parameters.to_row_major()),
                AnyParameters::F64(parameters) => Arrays::F64(parameters.to_row_major()),
            },
            history: self.history.clone(),
            data: self.data.clone(),
        };
        Ok(bincode::serde::encode_to_vec(payload, wire())?)
    }

    fn decode(bytes: &[u8]) -> Result<Self> {
        let (payload, consumed): (Payload, usize) = bincode::serde::decode_from_slice(bytes, wire())?;
        ensure!(consumed == bytes.len(), "the content ends at byte {consumed} of {}", bytes.len());

        let config: Config = serde_json::from_str(&payload.config).context("configuration")?;
        config.check().context("configuration")?;
        let size = |name, value: u64| match usize::try_from(value) {
            Ok(value) if value > 0 => Ok(value),
            _ => bail!("{name} is {value}, expected at least 1"),
        };
        let sizes = Sizes {
            inputs: size("the number of inputs", payload.inputs)?,
            hidden: size("the number of hidden units", payload.hidden)?,
            classes: size("the number of classes", payload.classes)?,
        };
        ensure!(sizes.classes <= 256, "{} classes, expected at most 256", sizes.classes);
        ensure!(
            sizes.hidden == config.hidden,
            "{} hidden units, the configuration has {}",
            sizes.hidden,
            config.hidden
        );
        let parameters = match &payload.arrays {
            Arrays::F32(arrays) => AnyParameters::F32(parameters(sizes, arrays)?),
            Arrays::F64(arrays) => AnyParameters::F64(parameters(sizes, arrays)?),
        };
        ensure!(
            parameters.precision() == config.precision,
            "parameters in {}, the configuration has {}",
            parameters.precision(),
            config.precision
        );
        ensure!(payload.iteration <= config.iterations, "iteration {} of {}", payload.iteration, config.iterations);
        check_history(&payload.history, payload.iteration).context("history")?;
        let Payload { iteration, history, data, .. } = payload;
        Ok(Self { config, iteration, parameters, history, data })
    }
}

fn parameters<T: Real>(sizes: Sizes, arrays: &[Vec<T>; 4]) -> Result<Parameters<T>> {
    let [w1, b1, w2, b2] = arrays;
    let parameters = Parameters::from_row_major(sizes, [w1, b1, w2, b2])?;
    if let Some((name, value)) = parameters.first_not_finite() {
        bail!("{name} holds {value}");
    }
    Ok(parameters)
}

fn check_history(history: &History, iteration: u64) -> Result<()> {
    let History { stride, losses, evaluations } = history;
    ensure!(stride.is_power_of_two(), "the stride is {stride}, expected a power of two");
    let expected = iteration / stride;
    ensure!(losses.len() as u64 == expected, "{} losses, expected {expected}", losses.len());
    if let Some(loss) = losses.iter().find(|loss| !loss.is_finite()) {
        bail!("a loss is {loss}");
    }
    let mut previous = None;
    for evaluation in evaluations {
        let at = evaluation.iteration;
        ensure!(previous < Some(at) && at <= iteration, "an evaluation at iteration {at}, out of order");
        previous = Some(at);
        let shares = [evaluation.train_accuracy, evaluation.test_accuracy];
        ensure!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "accuracies {shares:?}, expected 0 to 1");
        ensure!(evaluation.seconds >= 0.0, "seconds {}", evaluation.seconds);
    }
    Ok(())
}

impl AnyParameters {
    pub(crate) fn precision(&self) -> Precision {
        match self {
            Self::F32(_) => Precision::F32,
            Self::F64(_) => Precision::F64,
        }
    }

    pub(crate) fn sizes(&self) -> Result<Sizes> {
        Ok(match self {
            Self::F32(parameters) => parameters.sizes(),
            Self::F64(parameters) => parameters.sizes(),
        }?)
    }

    /// In `T`: exact but from `f64` to `f32`.
    pub(crate) fn to<T: Real>(&self) -> Parameters<T> {
        fn convert<S: Real, T: Real>(Parameters { w1, b1, w2, b2 }: &Parameters<S>) -> Parameters<T> {
            let value = |v: S| T::of(v.to_f64());
            Parameters { w1: w1.map(value), b1: b1.map(value), w2: w2.map(value), b2: b2.map(value) }
        }
        match self {
            Self::F32(parameters) => convert(parameters),
            Self::F64(parameters) => convert(parameters),
        }
    }

    /// SHA-256 of the values in little-endian, W1 b1 W2 b2, by row: equal exactly where every bit is.
    pub(crate) fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        match self {
            Self::F32(parameters) => {
                parameters.to_row_major().iter().flatten().for_each(|v| hash.update(v.to_le_bytes()));
            }
            Self::F64(parameters) => {
                parameters.to_row_major().iter().flatten().for_each(|v| hash.update(v.to_le_bytes()));
            }
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Writes a checkpoint: beside, synced, renamed. Until the rename the previous file stands untouched.
pub(crate) fn write(path: &Path, checkpoint: &Checkpoint) -> Result<()> {
    let write = || {
        let payload = checkpoint.encode()?;
        ensure!(payload.len() <= LIMIT, "{} bytes, more than the {LIMIT} that would be read again", payload.len());
        container::write(path, &payload)
    };
    write().with_context(|| format!("cannot save the checkpoint {}", path.display()))
}

/// Reads a checkpoint, trusting nothing in it.
pub(crate) fn read(path: &Path) -> Result<Checkpoint> {
    let payload = container::open(path, LIMIT)?;
    Checkpoint::decode(&payload)
        .with_context(|| format!("{} is damaged: its checksum holds, its content does not", path.display()))
}

/// For the fuzz target: `bytes` as a file, and as a payload whose checksum holds.
pub(crate) fn fuzz(bytes: &[u8]) {
    for payload in [container::read(&"", bytes, bytes.len() as u64, LIMIT).ok(), Some(bytes.to_vec())] {
        if let Some(checkpoint) = payload.and_then(|payload| Checkpoint::decode(&payload).ok()) {
            let again = checkpoint.encode().and_then(|payload| Checkpoint::decode(&payload));
            assert_eq!(again.expect("what is written can be read"), checkpoint);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Activation, Sampling, tests::config};
    use crate::data::SetFingerprint;
    use crate::history::Evaluation;
    use proptest::prelude::*;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    fn checkpoint() -> Checkpoint {
        let sizes = Sizes { inputs: 5, hidden: 3, classes: 2 };
        let set = SetFingerprint { images: 7, rows: 5, cols: 1, pixels_crc32: 1, labels_crc32: 2 };
        Checkpoint {
            config: Config { hidden: 3, learning_rate: 0.1 + 0.2, ..config() },
            iteration: 2,
            parameters: AnyParameters::F32(Parameters::random(sizes, 1.0, &mut ChaCha8Rng::seed_from_u64(0))),
            history: History {
                stride: 1,
                losses: vec![2.3, 2.2],
                evaluations: vec![Evaluation { iteration: 1, train_accuracy: 0.1, test_accuracy: 0.2, seconds: 0.5 }],
            },
            data: Fingerprint { train: set.clone(), test: set },
        }
    }

    #[test]
    fn a_checkpoint_comes_back_to_the_bit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.ckpt");
        for parameters in [checkpoint().parameters, AnyParameters::F64(checkpoint().parameters.to())] {
            let config = Config { precision: parameters.precision(), ..checkpoint().config };
            let written = Checkpoint { config, parameters, ..checkpoint() };
            write(&path, &written).unwrap();
            assert_eq!(read(&path).unwrap(), written);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.ckpt");
        write(&path, &checkpoint()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let refused = |bytes: &[u8], what: &str| {
            std::fs::write(&path, bytes).unwrap();
            let error = format!("{:#}", read(&path).expect_err(what));
            assert!(error.contains("is damaged") || error.contains("not a checkpoint"), "{what}: {error}");
            let says_where = error.contains("byte") || bytes.is_empty();
            assert!(error.contains("model.ckpt") && says_where, "{what}: {error}");
        };
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            refused(&bytes, &format!("bit {bit}"));
        }
        for length in 0..whole.len() {
            refused(&whole[..length], &format!("cut at {length}"));
        }
        refused(&[&whole[..], b"x"].concat(), "a byte too many");
    }

    /// Written by version 0.1 of the program. They must load for ever, and as long as the format is that of version 1,
    /// be written so.
    const VERSION_1: [&[u8]; 2] = [
        include_bytes!("../../tests/checkpoints/version-1-f32.ckpt"),
        include_bytes!("../../tests/checkpoints/version-1-f64.ckpt"),
    ];

    #[test]
    fn checkpoints_of_version_1_load_for_ever() {
        let [single, double] = VERSION_1.map(|file| {
            let payload = container::read(&"version 1", file, file.len() as u64, LIMIT).unwrap();
            let checkpoint = Checkpoint::decode(&payload).unwrap();
            let payload = checkpoint.encode().unwrap();
            assert_eq!([container::header(&payload), payload].concat(), file);
            checkpoint
        });
        let sizes = Sizes { inputs: 12, hidden: 2, classes: 10 };
        assert_eq!((single.parameters.sizes().unwrap(), double.parameters.sizes().unwrap()), (sizes, sizes));
        let digest = "98ca94ca453a0268d72779bffb4993730639c39ba21647802e73377f253736d1";
        assert_eq!(single.parameters.sha256(), digest);
        assert_eq!((single.config.activation, single.config.sampling), (Activation::Relu, Sampling::Shuffle));
        assert_eq!((double.iteration, double.history.losses.len(), double.data.train.images), (4, 4, 6));
        assert_eq!(double.history.evaluations[1].train_accuracy, 1.0 / 3.0);
    }

    /// The tables of `docs/checkpoint-format.md`, written out.
    #[test]
    fn the_bytes_are_those_of_the_documented_format() {
        fn u64s<const N: usize>(values: [u64; N]) -> Vec<u8> {
            values.iter().flat_map(|v| v.to_le_bytes()).collect()
        }
        fn f64s<const N: usize>(values: [f64; N]) -> Vec<u8> {
            values.iter().flat_map(|v| v.to_le_bytes()).collect()
        }
        let checkpoint = checkpoint();
        let AnyParameters::F32(Parameters { w1, b1, w2, b2 }) = &checkpoint.parameters else { unreachable!() };
        let f32s =
            |values: &mut dyn Iterator<Item = &f32>| -> Vec<u8> { values.flat_map(|v| v.to_le_bytes()).collect() };
        let config = serde_json::to_string(&checkpoint.config).unwrap();
        let set = || [u64s([7, 5, 1]), vec![1, 0, 0, 0], vec![2, 0, 0, 0]].concat();
        let payload = [
            u64s([config.len() as u64]),
            config.into_bytes(),
            u64s([2, 5, 3, 2]), // iteration, inputs, hidden, classes
            vec![0, 0, 0, 0],   // f32
            u64s([15]),
            f32s(&mut w1.transpose().iter()), // by row
            u64s([3]),
            f32s(&mut b1.iter()),
            u64s([6]),
            f32s(&mut w2.transpose().iter()),
            u64s([2]),
            f32s(&mut b2.iter()),
            u64s([1, 2]), // stride, losses
            f64s([2.3, 2.2]),
            u64s([1, 1]), // evaluations, iteration
            f64s([0.1, 0.2, 0.5]),
            set(),
            set(),
        ]
        .concat();
        assert_eq!(checkpoint.encode().unwrap(), payload);

        let header = container::header(&payload);
        let start = [&b"\x89TLN\r\n\x1a\n\x01\0\0\0\x38\0\0\0"[..], &u64s([payload.len() as u64])].concat();
        assert_eq!(header, [&start[..], &Sha256::digest([start.clone(), payload].concat())].concat());
    }

    #[track_caller]
    fn contradicts(change: impl Fn(&mut Checkpoint), expected: &str) {
        let mut checkpoint = checkpoint();
        change(&mut checkpoint);
        let error = format!("{:#}", Checkpoint::decode(&checkpoint.encode().unwrap()).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn content_that_contradicts_itself_is_refused_though_its_checksum_holds() {
        contradicts(|c| c.config.hidden = 4, "3 hidden units, the configuration has 4");
        contradicts(|c| c.config.precision = Precision::F64, "parameters in f32, the configuration has f64");
        contradicts(|c| c.config.learning_rate = -1.0, "learning_rate is -1");
        contradicts(|c| c.iteration = 10_001, "iteration 10001 of 10000");
        contradicts(|c| c.iteration = 3, "2 losses, expected 3");
        contradicts(|c| c.history.stride = 0, "the stride is 0");
        contradicts(|c| c.history.losses[1] = f64::INFINITY, "a loss is inf");
        contradicts(|c| c.history.evaluations[0].iteration = 5, "an evaluation at iteration 5");
        contradicts(|c| c.history.evaluations[0].test_accuracy = f64::NAN, "expected 0 to 1");
        contradicts(
            |c| {
                c.parameters = AnyParameters::F32(Parameters {
                    b2: nalgebra::RowDVector::from_row_slice(&[f32::NAN, 0.0]),
                    ..c.parameters.to()
                });
            },
            "b2 holds NaN",
        );
    }

    #[test]
    fn a_payload_that_claims_more_than_it_holds_is_refused() {
        let mut payload = checkpoint().encode().unwrap();
        payload[..8].copy_from_slice(&u64::MAX.to_le_bytes()); // the length of the configuration
        assert!(Checkpoint::decode(&payload).is_err());
        payload[..8].copy_from_slice(&(1_u64 << 29).to_le_bytes());
        assert!(Checkpoint::decode(&payload).is_err());
    }

    proptest! {
        #[test]
        fn any_run_comes_back_and_any_change_of_a_byte_is_refused(
            losses in prop::collection::vec(0.0..1e300, 0..40),
            (inputs, hidden, classes) in (1_usize..9, 1_usize..5, 1_usize..5),
            (seed, single) in any::<(u64, bool)>(),
            (at, byte) in any::<(prop::sample::Index, u8)>(),
        ) {
            let sizes = Sizes { inputs, hidden, classes };
            let random = Parameters::<f64>::random(sizes, 1e3, &mut ChaCha8Rng::seed_from_u64(seed));
            let double = AnyParameters::F64(random);
            let parameters = if single { AnyParameters::F32(double.to()) } else { double };
            let iteration = losses.len() as u64;
            let evaluation = |iteration| Evaluation { iteration, train_accuracy: 0.0, test_accuracy: 1.0, seconds: 1e9 };
            let evaluations = (1..=iteration).step_by(3).map(evaluation).collect();
            let written = Checkpoint {
                config: Config { hidden, seed, precision: parameters.precision(), ..config() },
                iteration,
                parameters,
                history: History { stride: 1, losses, evaluations },
                ..checkpoint()
            };
            let payload = written.encode().unwrap();
            prop_assert_eq!(Checkpoint::decode(&payload).unwrap(), written);

            let mut file = [container::header(&payload), payload].concat();
            let at = at.index(file.len());
            prop_assume!(file[at] != byte);
            file[at] = byte;
            prop_assert!(container::read(&"changed", &file[..], file.len() as u64, LIMIT).is_err());
        }
    }
}
