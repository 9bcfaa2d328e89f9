//! The computations of the panels: plain Rust on lanes, compiled both for AVX2 and without it.

use super::interpolation::basis;
use super::panel::{Panel, Work, are_finite};
use super::rows::View;
use super::{LANES, Lanes};
use crate::Activation;
use core_math::{Real, lanes};
use multiversion::multiversion;
use std::array::from_fn;

/// Adds the panel's contribution to the logits (K x stride) of `rows`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn infer<T: Real, E: Copy, const G: usize>(
    panel: &Panel<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    logits: &mut [T],
    stride: usize,
) {
    portable::infer::<T, E, G>(panel, rows, read, logits, stride);
}

/// The same, but keeps z1, the derivative of the activation and, for central differences, a1.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn forward<T: Real, E: Copy, const G: usize>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    stride: usize,
    keeps_a1: bool,
) {
    portable::forward::<T, E, G>(work, rows, read, stride, keeps_a1);
}

/// Computes dL/da1 from dL/da2 (K x stride), and writes it over the derivatives of the activation.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn backpropagate<T: Real, const G: usize>(work: &mut Work<T>, dy: &[T], stride: usize) {
    portable::backpropagate::<T, G>(work, dy, stride);
}

/// Updates the parameters: every parameter of the panel grows by `rate` times the sum, over the samples, of its
/// coefficients times the basis of its input. With one coefficient, dL/da1 or dL/da2, and `rate` = -learning_rate, this
/// is gradient descent by backpropagation.
///
/// `dy` holds the coefficients of W2, K x stride each; `read` returns the index of an input and its basis times `rate`;
/// `bias` is the basis of the input of b1.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn descend<T: Real, E: Copy, const G: usize, const P: usize>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, [T; P]) + Copy,
    dy: [&[T]; P],
    stride: usize,
    bias: T,
    rate: T,
) {
    portable::descend::<T, E, G, P>(work, rows, read, dy, stride, bias, rate);
}

/// The same functions, compiled without special instructions.
pub(super) mod portable {
    use super::*;

    #[inline(always)]
    pub(in super::super) fn infer<T: Real, E: Copy, const G: usize>(
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
    pub(in super::super) fn forward<T: Real, E: Copy, const G: usize>(
        work: &mut Work<T>,
        rows: View<E>,
        read: impl Fn(E) -> (usize, T) + Copy,
        stride: usize,
        keeps_a1: bool,
    ) {
        let Work { panel, z: [z1, ..], c: [slopes, kept, ..], logits, .. } = work;
        let (z1, slopes) = (z1.as_chunks_mut::<G>().0, slopes.as_chunks_mut::<G>().0);
        let kept = kept.as_chunks_mut::<G>().0;
        for n in 0..rows.len() {
            let a1 = a1::<T, E, G>(panel, rows.row(n), read);
            (z1[n], slopes[n]) = activate(panel.activation, a1);
            if keeps_a1 {
                kept[n] = a1;
            }
            add_products(&z1[n], panel.w2.as_chunks().0, logits[n..].iter_mut().step_by(stride));
        }
    }

    #[inline(always)]
    pub(in super::super) fn backpropagate<T: Real, const G: usize>(work: &mut Work<T>, dy: &[T], stride: usize) {
        let w2 = work.panel.w2.as_chunks::<G>().0; // K x G
        for (n, da1) in work.c[0].as_chunks_mut::<G>().0.iter_mut().enumerate() {
            let mut dz1 = [Lanes::of(T::zero()); G];
            for (w2, &dy) in w2.iter().zip(dy[n..].iter().step_by(stride)) {
                add_times(&mut dz1, w2, dy);
            }
            *da1 = from_fn(|g| Lanes(from_fn(|lane| dz1[g].0[lane] * da1[g].0[lane]))); // times h'(a1)
        }
    }

    #[inline(always)]
    pub(in super::super) fn descend<T: Real, E: Copy, const G: usize, const P: usize>(
        work: &mut Work<T>,
        rows: View<E>,
        read: impl Fn(E) -> (usize, [T; P]) + Copy,
        dy: [&[T]; P],
        stride: usize,
        bias: T,
        rate: T,
    ) {
        let Work { panel, z, c, all_finite, .. } = work;
        let w1 = panel.w1.as_chunks_mut::<G>().0; // D x G
        let w2 = panel.w2.as_chunks_mut::<G>().0; // K x G
        let b1 = &mut panel.b1.as_chunks_mut::<G>().0[0];
        let z: [&[[Lanes<T>; G]]; P] = from_fn(|m| z[m].as_chunks::<G>().0); // N x G
        let c: [&[[Lanes<T>; G]]; P] = from_fn(|m| c[m].as_chunks::<G>().0); // N x G
        let (zero, samples) = ([Lanes::of(T::zero()); G], 0..rows.len());

        let one = basis::<T, P>(bias);
        let mut db1 = zero;
        for n in samples.clone() {
            for m in 0..P {
                add_times(&mut db1, &c[m][n], one[m]);
            }
        }
        add_times(b1, &db1, rate);

        for (k, w2) in w2.iter_mut().enumerate() {
            let mut dw2 = zero;
            for n in samples.clone() {
                for m in 0..P {
                    add_times(&mut dw2, &z[m][n], dy[m][k * stride + n]);
                }
            }
            // lanes without a neuron have z1 = 1/2, but their weights must stay 0
            (panel.neurons..G * LANES).for_each(|j| dw2[j / LANES].0[j % LANES] = T::zero());
            add_times(w2, &dw2, rate);
        }

        for n in samples {
            let c: [[Lanes<T>; G]; P] = from_fn(|m| c[m][n]);
            for &entry in rows.row(n) {
                let (i, x) = read(entry);
                let w1 = &mut w1[i];
                for g in 0..G {
                    for lane in 0..LANES {
                        let mut sum = c[0][g].0[lane] * x[0];
                        for m in 1..P {
                            sum += c[m][g].0[lane] * x[m];
                        }
                        w1[g].0[lane] += sum;
                    }
                }
            }
        }
        *all_finite &= are_finite(&panel.w1) && are_finite(&panel.w2) && are_finite(&panel.b1);
    }
}

/// a1 = x W1 + b1 for one row.
#[inline(always)]
fn a1<T: Real, E: Copy, const G: usize>(panel: &Panel<T>, row: &[E], read: impl Fn(E) -> (usize, T)) -> [Lanes<T>; G] {
    let (w1, mut a1) = (panel.w1.as_chunks::<G>().0, panel.b1.as_chunks::<G>().0[0]);
    for &entry in row {
        let (i, x) = read(entry);
        add_times(&mut a1, &w1[i], x);
    }
    a1
}

/// z1 and its derivative, from a1.
#[inline(always)]
fn activate<T: Real, const G: usize>(activation: Activation, a1: [Lanes<T>; G]) -> ([Lanes<T>; G], [Lanes<T>; G]) {
    let (one, two) = (T::one(), T::of(2.0));
    let mut both = (a1, a1);
    for (g, &Lanes(a)) in a1.iter().enumerate() {
        let (z, slope): ([T; LANES], [T; LANES]) = match activation {
            Activation::Sigmoid => {
                let e = lanes::exp(a.map(|a| -a));
                let z: [T; LANES] = from_fn(|lane| one / (one + e[lane]));
                (z, from_fn(|lane| z[lane] * (e[lane] * z[lane]))) // 1 - z = e z, with all its digits
            }
            Activation::Tanh => {
                // with e = exp(-2|a|): tanh |a| = (1 - e) / (1 + e), its derivative 4 e / (1 + e)²
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

/// logits += z1 W2 for one sample; `w2` has one row per class.
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
