//! Checkpoints as they are, damaged, contradicting themselves, and of old.

use super::*;
use crate::config::{Activation, Sampling, tests::config};
use crate::data::SetFingerprint;
use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use training::Evaluation;

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
        let config = Config { precision: precision(&parameters), ..checkpoint().config };
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

/// Written by version 0.1 of the program. They must always load, and as long as the format is that of version 1,
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
    assert_eq!(sha256(&single.parameters), digest);
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
    let f32s = |values: &mut dyn Iterator<Item = &f32>| -> Vec<u8> { values.flat_map(|v| v.to_le_bytes()).collect() };
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
    contradicts(|c| c.config.hidden = 4, "3 hidden neurons, but the configuration has 4");
    contradicts(|c| c.config.precision = Precision::F64, "parameters in f32, but the configuration has f64");
    contradicts(|c| c.config.learning_rate = -1.0, "learning rate is -1");
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
        "b2 contains NaN",
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
            config: Config { hidden, seed, precision: precision(&parameters), ..config() },
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

    #[test]
    fn arbitrary_bytes_never_panic(
        start in prop::sample::select(vec![&b""[..], b"\x89TLN\r\n\x1a\n\x01\0\0\0\x38\0\0\0"]),
        rest in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        fuzz(&[start, &rest[..]].concat());
    }
}
