//! Checkpoints: everything needed to resume a run, in one file that is whole or refused.
//!
//! The only module that knows bincode. Around its payload stands a header of our own (`container`), which is checked
//! first; what is decoded is then checked against itself before anybody sees it.

mod container;
#[cfg(test)]
mod tests;

use crate::config::{Config, Precision};
use crate::data::Fingerprint;
use crate::lang::said;
use crate::memory;
use anyhow::{Context, Result, bail, ensure};
use net::{Activation, Parameters, Real, Sizes, TwoLayerNet};
use net_file::AnyParameters;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::Path;
use training::History;

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

/// What a checkpoint holds beside the net.
#[derive(Serialize)]
pub(crate) struct Run {
    pub(crate) iteration: u64,
    pub(crate) config: Config,
    pub(crate) data: Fingerprint,
    pub(crate) history: History,
}

impl Run {
    /// Whether all of its iterations are done.
    pub(crate) fn is_finished(&self) -> bool {
        self.iteration >= self.config.iterations
    }
}

/// The number types that a checkpoint can hold.
pub(crate) trait Stored: Real {
    fn store(parameters: Parameters<Self>) -> AnyParameters;
}

impl Stored for f32 {
    fn store(parameters: Parameters<Self>) -> AnyParameters {
        AnyParameters::F32(parameters)
    }
}

impl Stored for f64 {
    fn store(parameters: Parameters<Self>) -> AnyParameters {
        AnyParameters::F64(parameters)
    }
}

/// What bincode writes, in version 1 of the format. The order and types of the fields, including the fields of
/// [`History`] and [`Fingerprint`], *are* the format: a change of any of them is a new version.
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

    /// The net's parameters, and the rest.
    pub(crate) fn into_parts(self) -> (AnyParameters, Run) {
        let Self { config, iteration, parameters, history, data } = self;
        (parameters, Run { iteration, config, data, history })
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
        let length = bytes.len();
        ensure!(
            consumed == length,
            said!(
                "the content ends at byte {consumed} of {length}",
                "{length}바이트 가운데 {consumed}바이트에서 내용이 끝납니다"
            )
        );

        let config: Config = serde_json::from_str(&payload.config).with_context(|| said!("configuration", "설정"))?;
        config.check().with_context(|| said!("configuration", "설정"))?;
        let size = |name: String, value: u64| match usize::try_from(value) {
            Ok(value) if value > 0 => Ok(value),
            _ => bail!(said!("{name} is {value}, expected at least 1", "{name}: 1 이상이어야 하는데 {value}입니다")),
        };
        let sizes = Sizes {
            inputs: size(said!("the number of inputs", "입력 수"), payload.inputs)?,
            hidden: size(said!("the number of hidden neurons", "은닉층의 뉴런 수"), payload.hidden)?,
            classes: size(said!("the number of classes", "클래스 수"), payload.classes)?,
        };
        ensure!(
            sizes.classes <= 256,
            said!("{} classes, expected at most 256", "클래스가 {}개인데 256개까지입니다", sizes.classes)
        );
        ensure!(
            sizes.hidden == config.hidden,
            said!(
                "{} hidden neurons, but the configuration has {}",
                "은닉층의 뉴런이 {}개인데 설정에는 {}개입니다",
                sizes.hidden,
                config.hidden
            )
        );
        let parameters = match &payload.arrays {
            Arrays::F32(arrays) => AnyParameters::F32(parameters(sizes, arrays)?),
            Arrays::F64(arrays) => AnyParameters::F64(parameters(sizes, arrays)?),
        };
        let precision = precision(&parameters);
        ensure!(
            precision == config.precision,
            said!(
                "parameters in {precision}, but the configuration has {}",
                "매개변수는 {precision}인데 설정에는 {}입니다",
                config.precision
            )
        );
        ensure!(
            payload.iteration <= config.iterations,
            said!("iteration {} of {}", "반복 {}회, 전체 {}회", payload.iteration, config.iterations)
        );
        check_history(&payload.history, payload.iteration).with_context(|| said!("history", "기록"))?;
        let Payload { iteration, history, data, .. } = payload;
        Ok(Self { config, iteration, parameters, history, data })
    }
}

fn parameters<T: Real>(sizes: Sizes, arrays: &[Vec<T>; 4]) -> Result<Parameters<T>> {
    let [w1, b1, w2, b2] = arrays;
    let parameters = Parameters::from_row_major(sizes, [w1, b1, w2, b2])?;
    if let Some((name, value)) = parameters.first_not_finite() {
        bail!(said!("{name} contains {value}", "{name}에 {value}이(가) 있습니다"));
    }
    Ok(parameters)
}

fn check_history(history: &History, iteration: u64) -> Result<()> {
    let History { stride, losses, evaluations } = history;
    ensure!(
        stride.is_power_of_two(),
        said!("the stride is {stride}, expected a power of two", "간격이 {stride}인데 2의 거듭제곱이어야 합니다")
    );
    let expected = iteration / stride;
    ensure!(
        losses.len() as u64 == expected,
        said!("{} losses, expected {expected}", "손실이 {}개인데 {expected}개여야 합니다", losses.len())
    );
    if let Some(loss) = losses.iter().find(|loss| !loss.is_finite()) {
        bail!(said!("a loss is {loss}", "손실 가운데 {loss}이(가) 있습니다"));
    }
    let mut previous = None;
    for evaluation in evaluations {
        let at = evaluation.iteration;
        ensure!(
            previous < Some(at) && at <= iteration,
            said!("an evaluation at iteration {at}, out of order", "반복 {at}회의 평가가 순서에 맞지 않습니다")
        );
        previous = Some(at);
        let shares = [evaluation.train_accuracy, evaluation.test_accuracy];
        ensure!(
            shares.iter().all(|share| (0.0..=1.0).contains(share)),
            said!("accuracies {shares:?}, expected 0 to 1", "정확도가 {shares:?}인데 0부터 1까지여야 합니다")
        );
        ensure!(evaluation.seconds >= 0.0, said!("seconds {}", "걸린 시간 {}초", evaluation.seconds));
    }
    Ok(())
}

/// The precision as a configuration names it.
fn precision(parameters: &AnyParameters) -> Precision {
    match parameters {
        AnyParameters::F32(_) => Precision::F32,
        AnyParameters::F64(_) => Precision::F64,
    }
}

/// SHA-256 of the values in little-endian, W1 b1 W2 b2, by row: equal exactly where every bit is.
pub(crate) fn sha256(parameters: &AnyParameters) -> String {
    let mut hash = Sha256::new();
    match parameters {
        AnyParameters::F32(parameters) => {
            parameters.to_row_major().iter().flatten().for_each(|v| hash.update(v.to_le_bytes()));
        }
        AnyParameters::F64(parameters) => {
            parameters.to_row_major().iter().flatten().for_each(|v| hash.update(v.to_le_bytes()));
        }
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a checkpoint: beside, synced, renamed. Until the rename the previous file stands untouched.
pub(crate) fn write(path: &Path, checkpoint: &Checkpoint) -> Result<()> {
    let write = || {
        let payload = checkpoint.encode()?;
        ensure!(
            payload.len() <= LIMIT,
            said!(
                "{} bytes, more than the {LIMIT} that can be read again",
                "{}바이트인데 {LIMIT}바이트까지만 다시 읽을 수 있습니다",
                payload.len()
            )
        );
        container::write(path, &payload)
    };
    write().with_context(|| {
        said!("cannot save the checkpoint {}", "체크포인트 {}을(를) 저장할 수 없습니다", path.display())
    })
}

/// Reads a checkpoint, trusting nothing in it.
pub(crate) fn read(path: &Path) -> Result<Checkpoint> {
    let payload = container::open(path, LIMIT)?;
    // its arrays as they are decoded, and as the net takes them
    memory::check(2 * payload.len() as u64, &path.display().to_string())?;
    Checkpoint::decode(&payload).with_context(|| {
        said!(
            "{} is damaged: its checksum is right, but its content is not",
            "{} 파일이 손상되었습니다: 체크섬은 맞지만 내용이 맞지 않습니다",
            path.display()
        )
    })
}

/// For the fuzz target: `bytes` as a file, and as a payload whose checksum holds.
pub fn fuzz(bytes: &[u8]) {
    for payload in [container::read(&"", bytes, bytes.len() as u64, LIMIT).ok(), Some(bytes.to_vec())] {
        if let Some(checkpoint) = payload.and_then(|payload| Checkpoint::decode(&payload).ok()) {
            let again = checkpoint.encode().and_then(|payload| Checkpoint::decode(&payload));
            assert_eq!(again.expect("what is written can be read"), checkpoint);
        }
    }
}
