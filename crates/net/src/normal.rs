//! Normally distributed random numbers with the same bits on every machine.
//!
//! This is the ziggurat method of Marsaglia and Tsang (2000), with the layers of `rand_distr` and drawn from the same
//! random words: a seed gives the same numbers as `rand_distr` 0.6, up to rounding. `rand_distr` itself is not used,
//! because its tails call the logarithm of the system's mathematical library, which rounds differently from one system to
//! another, and any crate of a build can switch that on. The density is f(x) = exp(-x²/2); the area under it is divided
//! into 256 layers of equal area.

use core_math::lanes;
use rand::Rng;
use std::sync::OnceLock;

/// Where the tail begins; it belongs to the lowest layer.
const TAIL: f64 = 3.654_152_885_361_009;

/// The width of a rectangle with the height and the area of the lowest layer, tail included.
const LOWEST: f64 = 3.910_757_959_537_09;

/// The right ends of the layers from the lowest up, 0 at the top, and the density at each.
struct Layers {
    ends: [f64; 257],
    densities: [f64; 257],
}

fn density(x: f64) -> f64 {
    lanes::exp([-(x * x) / 2.0])[0]
}

fn ln(x: f64) -> f64 {
    lanes::ln([x])[0]
}

fn layers() -> &'static Layers {
    static LAYERS: OnceLock<Layers> = OnceLock::new();
    LAYERS.get_or_init(|| {
        let (mut ends, area) = ([0.0; 257], LOWEST * density(TAIL));
        (ends[0], ends[1]) = (LOWEST, TAIL);
        for i in 2..256 {
            let below = ends[i - 1];
            ends[i] = (-2.0 * ln(area / below + density(below))).sqrt();
        }
        Layers { densities: ends.map(density), ends }
    })
}

/// Draws a number from N(0, 1).
pub(crate) fn standard_normal<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    let Layers { ends, densities } = layers();
    loop {
        // the lowest 8 bits choose a layer, the highest 52 a position in it, from -1 to 1
        let word = rng.next_u64();
        let layer = usize::from(word.to_le_bytes()[0]);
        let place = f64::from_bits(word >> 12 | 2.0_f64.to_bits()) - 3.0;
        let x = place * ends[layer];
        if x.abs() < ends[layer + 1] {
            return x;
        }
        if layer == 0 {
            return tail(rng).copysign(place);
        }
        let height = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64; // from 0 to 1
        if densities[layer + 1] + (densities[layer] - densities[layer + 1]) * height < density(x) {
            return x;
        }
    }
}

/// Draws a number beyond [`TAIL`], by Marsaglia's method (1964).
fn tail<R: Rng + ?Sized>(rng: &mut R) -> f64 {
    // strictly between 0 and 1
    let mut draw = || f64::from_bits(rng.next_u64() >> 12 | 1.0_f64.to_bits()) - (1.0 - f64::EPSILON / 2.0);
    loop {
        let (x, y) = (ln(draw()) / TAIL, ln(draw()));
        if -2.0 * y >= x * x {
            return TAIL - x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn the_numbers_are_those_of_rand_distr_up_to_rounding() {
        let [mut ours, mut theirs] = [(); 2].map(|()| ChaCha8Rng::seed_from_u64(11));
        let (mut tails, mut differences) = (0, 0);
        for _ in 0..300_000 {
            let (found, expected) =
                (standard_normal(&mut ours), Distribution::<f64>::sample(&StandardNormal, &mut theirs));
            assert!((found - expected).abs() < 1e-13, "{found} instead of {expected}");
            tails += usize::from(found.abs() > TAIL);
            differences += usize::from(found != expected);
        }
        assert!(tails > 50, "{tails} of 80 expected"); // 2 * (1 - Φ(3.654)) = 2.6e-4
        println!("{differences} differ in their last bits");
    }
}
