//! Everything the crate promises, on nets built in memory.

#![expect(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but not in their helpers")]

mod activation;
mod damage;
mod files;
mod kinds;
mod refused;
mod round_trips;
mod state_dict;

use net::{Parameters, Sizes};
use net_file::AnyParameters;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const SIZES: Sizes = Sizes { inputs: 5, hidden: 3, classes: 2 };

/// A net in each precision.
fn nets() -> [AnyParameters; 2] {
    let single = Parameters::<f32>::random(SIZES, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
    let double = Parameters::<f64>::random(SIZES, 1.0, &mut ChaCha8Rng::seed_from_u64(1));
    [single.into(), double.into()]
}

/// The bits of all values. Other than the values themselves, they tell 0 from -0.
fn bits(parameters: &AnyParameters) -> Vec<u8> {
    match parameters {
        AnyParameters::F32(p) => p.to_row_major().iter().flatten().flat_map(|v| v.to_le_bytes()).collect(),
        AnyParameters::F64(p) => p.to_row_major().iter().flatten().flat_map(|v| v.to_le_bytes()).collect(),
    }
}
