//! What the panels compute: plain Rust on lanes, compiled for AVX2 and without.

use super::panel::{Panel, Step, Work};
use super::rows::View;
use super::{LANES, Lanes};
use crate::Activation;
use core_math::{Real, lanes};
use multiversion::multiversion;
use std::array::from_fn;

/// Adds the panel's part to the logits (K x stride) of `rows`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn infer<T: Real, E: Copy, const G: usize>(
    panel: &Panel<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    logits: &mut [T],
    stride: usize,
) {
    portable_infer::<T, E, G>(panel, rows, read, logits, stride);
}

/// The same, keeping z1 and the slope of the activation.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn forward<T: Real, E: Copy, const G: usize>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    stride: usize,
) {
    portable_forward::<T, E, G>(work, rows, read, stride);
}

/// Backpropagation through the panel; every parameter p becomes p - learning_rate * dL/dp.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn update<T: Real, E: Copy, const G: usize>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    step: Step<T>,
) {
    portable_update::<T, E, G>(work, rows, read, step);
}

#[inline(always)]
pub(super) fn portable_infer<T: Real, E: Copy, const G: usize>(
    panel: &Panel<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    logits: &mut [T],
    stride: usize,
) {
    for n in 0..rows.len() {
        let (z1, _) = activate(panel.activation, a1::<T, E, G>(panel, rows.row(n), read));
        add_products(&z1, panel.w2.as_chunks().0, logits[n..].iter_mut().step_by(stride));
    }
}

#[inline(always)]
pub(super) fn portable_forward<T: Real, E: Copy, const G: usize>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    stride: usize,
) {
    let Work { panel, z1, da1, logits, .. } = work;
    let (z1, slopes) = (z1.as_chunks_mut::<G>().0, da1.as_chunks_mut::<G>().0);
    for n in 0..rows.len() {
        (z1[n], slopes[n]) = activate(panel.activation, a1::<T, E, G>(panel, rows.row(n), read));
        add_products(&z1[n], panel.w2.as_chunks().0, logits[n..].iter_mut().step_by(stride));
    }
}

#[inline(always)]
pub(super) fn portable_update<T: Real, E: Copy, const G: usize>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    Step { dy, stride, learning_rate }: Step<T>,
) {
    let Work { panel, z1, da1, all_finite, .. } = work;
    let w1 = panel.w1.as_chunks_mut::<G>().0; // D x G
    let w2 = panel.w2.as_chunks_mut::<G>().0; // K x G
    let b1 = &mut panel.b1.as_chunks_mut::<G>().0[0];
    let (z1, da1) = (z1.as_chunks::<G>().0, da1.as_chunks_mut::<G>().0); // N x G
    let zero = [Lanes::of(T::zero()); G];

    let mut db1 = zero;
    for (n, da1) in da1.iter_mut().enumerate() {
        let mut dz1 = zero;
        for (w2, &dy) in w2.iter().zip(dy[n..].iter().step_by(stride)) {
            add_times(&mut dz1, w2, dy);
        }
        *da1 = from_fn(|g| Lanes(from_fn(|lane| dz1[g].0[lane] * da1[g].0[lane]))); // times the slope
        add_times(&mut db1, da1, T::one());
    }
    add_times(b1, &db1, -learning_rate);

    for (w2, dy) in w2.iter_mut().zip(dy.chunks_exact(stride)) {
        let mut dw2 = zero;
        for (z1, &dy) in z1.iter().zip(dy) {
            add_times(&mut dw2, z1, dy);
        }
        // lanes without a unit have z1 = 1/2, but must stay 0
        (panel.units..G * LANES).for_each(|j| dw2[j / LANES].0[j % LANES] = T::zero());
        add_times(w2, &dw2, -learning_rate);
    }

    for (n, da1) in da1.iter().enumerate() {
        for &entry in rows.row(n) {
            let (i, x) = read(entry);
            add_times(&mut w1[i], da1, -learning_rate * x);
        }
    }
    *all_finite &= are_finite(&panel.w1) && are_finite(&panel.w2) && are_finite(&panel.b1);
}

/// a1 = x W1 + b1 of one row.
#[inline(always)]
fn a1<T: Real, E: Copy, const G: usize>(panel: &Panel<T>, row: &[E], read: impl Fn(E) -> (usize, T)) -> [Lanes<T>; G] {
    let (w1, mut a1) = (panel.w1.as_chunks::<G>().0, panel.b1.as_chunks::<G>().0[0]);
    for &entry in row {
        let (i, x) = read(entry);
        add_times(&mut a1, &w1[i], x);
    }
    a1
}

/// z1 and its derivative for a1.
#[inline(always)]
fn activate<T: Real, const G: usize>(activation: Activation, a1: [Lanes<T>; G]) -> ([Lanes<T>; G], [Lanes<T>; G]) {
    let (one, two) = (T::one(), T::of(2.0));
    let mut both = (a1, a1);
    for (g, &Lanes(a)) in a1.iter().enumerate() {
        let (z, slope): ([T; LANES], [T; LANES]) = match activation {
            Activation::Sigmoid => {
                let e = lanes::exp(a.map(|a| -a));
                let z: [T; LANES] = from_fn(|lane| one / (one + e[lane]));
                (z, from_fn(|lane| z[lane] * (e[lane] * z[lane]))) // 1 - z = e z, without cancelling
            }
            Activation::Tanh => {
                // with e = exp(-2|a|): tanh |a| = (1 - e) / (1 + e), its slope 4 e / (1 + e)²
                let (e, e_m1) = lanes::exp_and_exp_m1(a.map(|a| if a > T::zero() { -two * a } else { two * a }));
                let quotient: [T; LANES] = from_fn(|lane| one / (one + e[lane]));
                let size: [T; LANES] = from_fn(|lane| -e_m1[lane] * quotient[lane]);
                (
                    from_fn(|lane| if a[lane] > T::zero() { size[lane] } else { -size[lane] }),
                    from_fn(|lane| (two * quotient[lane]) * (two * quotient[lane]) * e[lane]),
                )
            }
            Activation::Relu => (
                a.map(|a| if a <= T::zero() { T::zero() } else { a }),
                a.map(|a| if a > T::zero() { one } else { T::zero() }),
            ),
        };
        (both.0[g], both.1[g]) = (Lanes(z), Lanes(slope));
    }
    both
}

/// sums += values * factor
#[inline(always)]
fn add_times<T: Real, const G: usize>(sums: &mut [Lanes<T>; G], values: &[Lanes<T>; G], factor: T) {
    for g in 0..G {
        for lane in 0..LANES {
            sums[g].0[lane] += values[g].0[lane] * factor;
        }
    }
}

/// logits += z1 W2 of one sample, `w2` a row a class.
#[inline(always)]
fn add_products<'a, T: Real, const G: usize>(
    z1: &[Lanes<T>; G],
    w2: &[[Lanes<T>; G]],
    logits: impl Iterator<Item = &'a mut T>,
) {
    for (logit, w2) in logits.zip(w2) {
        *logit += dot(z1, w2);
    }
}

#[inline(always)]
fn dot<T: Real, const G: usize>(a: &[Lanes<T>; G], b: &[Lanes<T>; G]) -> T {
    let mut sum = [T::zero(); LANES];
    for g in 0..G {
        for (lane, sum) in sum.iter_mut().enumerate() {
            *sum += a[g].0[lane] * b[g].0[lane];
        }
    }
    let four: [T; 4] = from_fn(|lane| sum[lane] + sum[lane + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

/// x * 0 is 0 for finite numbers alone.
#[inline(always)]
pub(super) fn are_finite<T: Real>(numbers: &[Lanes<T>]) -> bool {
    let mut sums = [T::zero(); LANES];
    for Lanes(numbers) in numbers {
        for lane in 0..LANES {
            sums[lane] += numbers[lane] * T::zero();
        }
    }
    sums == [T::zero(); LANES]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fast::panel::reset;
    use crate::fast::rows::{Rows, Samples, read_byte};
    use crate::{Parameters, Sizes};
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    const SAMPLES: usize = 20;

    /// A step by kernels as they are and by their portable twins.
    fn check<T: Real>(activation: Activation) {
        let params = Parameters::<T>::random(
            Sizes { inputs: 30, hidden: 21, classes: 5 },
            1.5,
            &mut ChaCha8Rng::seed_from_u64(1),
        );
        let pixels: Vec<u8> = (0..SAMPLES * 30).map(|i| [0, 90, 0, 255, 7][i * i % 23 % 5]).collect();
        let x = Rows::<T>::from_bytes(&pixels, 30);
        let Samples::Bytes(rows, shades) = x.samples(0..SAMPLES) else { panic!("bytes stay bytes") };
        let read = |byte| read_byte(shades, byte);
        let stride = SAMPLES.next_multiple_of(LANES);
        let dy: Vec<T> = (0..5 * stride).map(|i| T::of((i % 7) as f64 / 7.0 - 0.4)).collect();
        let step = Step { dy: &dy, stride, learning_rate: T::of(0.3) };

        // 21 units: panels of two groups and of one
        let works = || Panel::all(&params, activation).into_iter().map(Work::new);
        for (mut fast, mut portable) in works().zip(works()) {
            fast.forward(x.samples(0..SAMPLES), stride);
            fast.update(x.samples(0..SAMPLES), step);
            fast.forward_after(x.samples(0..SAMPLES), stride);
            portable.make_room(SAMPLES, stride);
            reset(&mut portable.logits_after, 5 * stride);
            match portable.panel.b1.len() {
                1 => {
                    portable_forward::<T, _, 1>(&mut portable, rows, read, stride);
                    portable_update::<T, _, 1>(&mut portable, rows, read, step);
                    portable_infer::<T, _, 1>(&portable.panel, rows, read, &mut portable.logits_after, stride);
                }
                _ => {
                    portable_forward::<T, _, 2>(&mut portable, rows, read, stride);
                    portable_update::<T, _, 2>(&mut portable, rows, read, step);
                    portable_infer::<T, _, 2>(&portable.panel, rows, read, &mut portable.logits_after, stride);
                }
            }
            let bits = |work: &Work<T>| {
                let panel = &work.panel;
                let lanes = [&panel.w1, &panel.b1, &panel.w2, &work.z1, &work.da1].into_iter().flatten();
                let lanes = lanes.flat_map(|Lanes(numbers)| numbers).chain(&work.logits).chain(&work.logits_after);
                lanes.map(|number| number.to_f64().to_bits()).collect::<Vec<_>>()
            };
            assert!(fast.logits_after.iter().any(|logit| *logit != T::zero()));
            assert_eq!(bits(&fast), bits(&portable), "{activation:?}");
        }
    }

    #[test]
    fn the_portable_version_gives_the_same_bits_as_the_one_for_this_machine() {
        for activation in [Activation::Sigmoid, Activation::Tanh, Activation::Relu] {
            check::<f32>(activation);
            check::<f64>(activation);
        }
    }

    #[test]
    fn nan_and_infinity_are_noticed_in_every_lane() {
        for lane in 0..LANES {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut numbers = [Lanes::of(1.0_f32); 3];
                assert!(are_finite(&numbers));
                numbers[2].0[lane] = bad;
                assert!(!are_finite(&numbers));
            }
        }
    }
}
