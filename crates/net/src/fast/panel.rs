//! The hidden layer in panels: slices of its units, so few that the sums of a panel fit into the registers.
//!
//! A panel holds its columns of W1 and b1 and its rows of W2, and needs of the other panels nothing but their part of
//! the logits. So each is the work of one thread, whose cache its weights never leave. The partition follows from the
//! number of units alone, and parts are added in the order of the panels: bits do not depend on the threads.

use super::batch::Batch;
use super::rows::{Number, View, read_number};
use super::{LANES, Lanes};
use crate::{Activation, Parameters};
use core_math::{Real, lanes};
use multiversion::multiversion;
use std::array::from_fn;

/// The most groups of [`LANES`] units that a panel has: 7 registers of `f32` for the sums, or 14 of `f64`, of 16.
const MOST_GROUPS: usize = 7;

/// G groups of [`LANES`] units, lanes beyond the last unit all 0.
pub(super) struct Panel<T> {
    first: usize, // unit
    units: usize,
    activation: Activation,
    w1: Vec<Lanes<T>>, // D x G
    b1: Vec<Lanes<T>>, // G
    w2: Vec<Lanes<T>>, // K x G: W2 turned round
}

/// What training keeps of a batch, a panel each.
pub(super) struct Work<T> {
    pub(super) panel: Panel<T>,
    z1: Vec<Lanes<T>>,               // N x G
    da1: Vec<Lanes<T>>,              // N x G: the slope of the activation, then dL/da1
    pub(super) logits: Vec<T>,       // K x stride: what the panel adds to the logits
    pub(super) logits_after: Vec<T>, // K x stride: the same after the update
    /// What is not finite never becomes finite again, so every row of W1 is looked at when it changes, and no more.
    pub(super) all_finite: bool,
}

/// Everything about a step that is the same for all panels.
#[derive(Clone, Copy)]
pub(super) struct Step<'a, T> {
    pub(super) dy: &'a [T], // K x stride, dL/da2
    pub(super) stride: usize,
    pub(super) learning_rate: T,
}

/// Calls `$function::<..., G>` with the number of groups of a panel.
macro_rules! with_groups {
    ($panel:expr, $function:ident::<$($type:ident),*>($($argument:expr),*)) => {
        match $panel.b1.len() {
            1 => $function::<$($type),*, 1>($($argument),*),
            2 => $function::<$($type),*, 2>($($argument),*),
            3 => $function::<$($type),*, 3>($($argument),*),
            4 => $function::<$($type),*, 4>($($argument),*),
            5 => $function::<$($type),*, 5>($($argument),*),
            6 => $function::<$($type),*, 6>($($argument),*),
            groups => {
                assert_eq!(groups, MOST_GROUPS, "no panel has another number of groups");
                $function::<$($type),*, MOST_GROUPS>($($argument),*)
            }
        }
    };
}

impl<T: Real> Panel<T> {
    /// The panels of a net, of two groups of units or more at least two: for two threads.
    pub(super) fn all(params: &Parameters<T>, activation: Activation) -> Vec<Self> {
        let hidden = params.w1.ncols();
        let groups = hidden.div_ceil(LANES);
        let panels = groups.div_ceil(MOST_GROUPS).max(groups.min(2));
        // the largest first, where the thread that calls takes it at once
        let start = |p: usize| ((groups * p).div_ceil(panels) * LANES).min(hidden);
        (0..panels).map(|p| Self::new(params, activation, start(p), start(p + 1))).collect()
    }

    fn new(params: &Parameters<T>, activation: Activation, first: usize, end: usize) -> Self {
        let mut panel = Self { first, units: end - first, activation, w1: Vec::new(), b1: Vec::new(), w2: Vec::new() };
        let groups = (end - first).div_ceil(LANES);
        let pack = |rows: usize, value: &dyn Fn(usize, usize) -> T| {
            let unit = |row, j| if j < end { value(row, j) } else { T::zero() };
            let lanes = |place| Lanes(from_fn(|lane| unit(place / groups, first + place % groups * LANES + lane)));
            (0..rows * groups).map(lanes).collect()
        };
        panel.w1 = pack(params.w1.nrows(), &|i, j| params.w1[(i, j)]);
        panel.b1 = pack(1, &|_, j| params.b1[j]);
        panel.w2 = pack(params.w2.ncols(), &|k, j| params.w2[(j, k)]);
        panel
    }

    /// Writes the panel to where [`new`](Self::new) took it from.
    pub(super) fn store(&self, params: &mut Parameters<T>) {
        for j in 0..self.units {
            let of = |lanes: &[Lanes<T>], row: usize| lanes[row * self.b1.len() + j / LANES].0[j % LANES];
            let unit = self.first + j;
            params.w1.column_mut(unit).iter_mut().enumerate().for_each(|(i, w)| *w = of(&self.w1, i));
            params.b1[unit] = of(&self.b1, 0);
            params.w2.row_mut(unit).iter_mut().enumerate().for_each(|(k, w)| *w = of(&self.w2, k));
        }
    }

    /// Adds the panel's part to the logits of `rows`, K x `stride`.
    pub(super) fn add_logits<E: Copy>(
        &self,
        rows: View<E>,
        read: impl Fn(E) -> (usize, T) + Copy,
        logits: &mut [T],
        stride: usize,
    ) {
        with_groups!(self, infer::<T, E>(self, rows, read, logits, stride));
    }
}

impl<T: Real> Work<T> {
    pub(super) fn new(panel: Panel<T>) -> Self {
        let mut finite = Finite::new();
        [&panel.w1, &panel.b1, &panel.w2].into_iter().for_each(|numbers| finite.see(numbers));
        Self { panel, z1: Vec::new(), da1: Vec::new(), logits: Vec::new(), logits_after: Vec::new(), all_finite: finite.all() }
    }

    /// z1, the slope of the activation and the panel's part of the logits.
    pub(super) fn forward(&mut self, batch: &Batch<T>) {
        let groups = self.panel.b1.len();
        self.z1.resize(batch.indices.len() * groups, Lanes::of(T::zero()));
        self.da1.resize(batch.indices.len() * groups, Lanes::of(T::zero()));
        self.logits.resize(self.panel.w2.len() / groups * batch.stride(), T::zero());
        with_groups!(self.panel, train_forward::<T>(self, batch.view(), batch.stride()));
    }

    /// The gradient of the panel's parameters for the batch of the last [`forward`](Self::forward), and one step of them
    /// against it.
    pub(super) fn update(&mut self, batch: &Batch<T>, step: Step<T>) {
        with_groups!(self.panel, train_update::<T>(self, batch.view(), step));
    }

    /// The panel's part of the logits once more, for the loss after the update.
    pub(super) fn forward_after(&mut self, batch: &Batch<T>) {
        self.logits_after.clear();
        self.logits_after.resize(self.panel.w2.len() / self.panel.b1.len() * batch.stride(), T::zero());
        self.panel.add_logits(batch.view(), read_number, &mut self.logits_after, batch.stride());
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn infer<T: Real, E: Copy, const G: usize>(
    panel: &Panel<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    logits: &mut [T],
    stride: usize,
) {
    for n in 0..rows.len() {
        let (z1, _) = activate(panel.activation, forward::<T, E, G>(panel, rows, n, read));
        for (part, w2) in logits[n..].iter_mut().step_by(stride).zip(panel.w2.as_chunks::<G>().0) {
            *part += dot(&z1, w2);
        }
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn train_forward<T: Real, const G: usize>(
    work: &mut Work<T>,
    batch: View<Number<T>>,
    stride: usize,
) {
    forward_batch::<T, G>(work, batch, stride);
}

#[multiversion(targets("x86_64+avx2"))]
fn train_update<T: Real, const G: usize>(
    work: &mut Work<T>,
    batch: View<Number<T>>,
    step: Step<T>,
) {
    update::<T, G>(work, batch, step);
}

/// a1 = x W1 + b1 of row `n`.
#[inline(always)]
fn forward<T: Real, E: Copy, const G: usize>(
    panel: &Panel<T>,
    rows: View<E>,
    n: usize,
    read: impl Fn(E) -> (usize, T),
) -> [Lanes<T>; G] {
    let (w1, mut a1) = (panel.w1.as_chunks::<G>().0, panel.b1.as_chunks::<G>().0[0]);
    for &entry in rows.row(n) {
        let (i, x) = read(entry);
        add_times(&mut a1, &w1[i], x);
    }
    a1
}

#[inline(always)]
fn forward_batch<T: Real, const G: usize>(
    work: &mut Work<T>,
    batch: View<Number<T>>,
    stride: usize,
) {
    let Work { panel, z1, da1, logits, .. } = work;
    let (z1, slopes) = (z1.as_chunks_mut::<G>().0, da1.as_chunks_mut::<G>().0);
    for n in 0..batch.len() {
        (z1[n], slopes[n]) = activate(panel.activation, forward::<T, _, G>(panel, batch, n, read_number));
        for (part, w2) in logits[n..].iter_mut().step_by(stride).zip(panel.w2.as_chunks::<G>().0) {
            *part = dot(&z1[n], w2);
        }
    }
}

/// Backpropagation through the panel; every parameter p becomes p - learning_rate * dL/dp.
#[inline(always)]
fn update<T: Real, const G: usize>(
    work: &mut Work<T>,
    batch: View<Number<T>>,
    Step { dy, stride, learning_rate, .. }: Step<T>,
) {
    let Work { panel, z1, da1, all_finite, .. } = work;
    let w1 = panel.w1.as_chunks_mut::<G>().0; // D x G
    let w2 = panel.w2.as_chunks_mut::<G>().0; // K x G
    let b1 = &mut panel.b1.as_chunks_mut::<G>().0[0];
    let (z1, da1) = (z1.as_chunks::<G>().0, da1.as_chunks_mut::<G>().0); // N x G
    let mut finite = Finite::new();

    let mut db1 = [Lanes::of(T::zero()); G];
    for (n, da1) in da1.iter_mut().enumerate() {
        let mut dz1 = [Lanes::of(T::zero()); G];
        for (w2, &dy) in w2.iter().zip(dy[n..].iter().step_by(stride)) {
            add_times(&mut dz1, w2, dy);
        }
        *da1 = from_fn(|g| Lanes(from_fn(|lane| dz1[g].0[lane] * da1[g].0[lane])));
        add_times(&mut db1, da1, T::one());
    }
    add_times(b1, &db1, -learning_rate);
    finite.see(b1);

    for (w2, dy) in w2.iter_mut().zip(dy.chunks_exact(stride)) {
        let mut dw2 = [Lanes::of(T::zero()); G];
        for (z1, &dy) in z1.iter().zip(dy) {
            add_times(&mut dw2, z1, dy);
        }
        // lanes without a unit have z1 = 1/2, but must stay 0
        (panel.units..G * LANES).for_each(|j| dw2[j / LANES].0[j % LANES] = T::zero());
        add_times(w2, &dw2, -learning_rate);
        finite.see(w2);
    }

    for (n, da1) in da1.iter().enumerate() {
        for &entry in batch.row(n) {
            let (i, x) = read_number(entry);
            add_times(&mut w1[i], da1, -learning_rate * x);
        }
    }
    w1.iter().for_each(|w1| finite.see(w1));
    *all_finite &= finite.all();
}

/// z1 and its derivative for a1.
#[inline(always)]
fn activate<T: Real, const G: usize>(activation: Activation, a1: [Lanes<T>; G]) -> ([Lanes<T>; G], [Lanes<T>; G]) {
    let (one, two) = (T::one(), T::of(2.0));
    let mut both = (a1, a1);
    for g in 0..G {
        let a = a1[g].0;
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

#[inline(always)]
fn dot<T: Real, const G: usize>(a: &[Lanes<T>; G], b: &[Lanes<T>; G]) -> T {
    let mut sum = [T::zero(); LANES];
    for g in 0..G {
        for lane in 0..LANES {
            sum[lane] += a[g].0[lane] * b[g].0[lane];
        }
    }
    let four: [T; 4] = from_fn(|lane| sum[lane] + sum[lane + 4]);
    (four[0] + four[2]) + (four[1] + four[3])
}

/// Whether numbers seen are finite: x - x is 0 for those alone.
struct Finite<T>([T; LANES]);

impl<T: Real> Finite<T> {
    fn new() -> Self {
        Self([T::zero(); LANES])
    }

    #[inline(always)]
    fn see(&mut self, numbers: &[Lanes<T>]) {
        for Lanes(numbers) in numbers {
            for lane in 0..LANES {
                self.0[lane] += numbers[lane] - numbers[lane];
            }
        }
    }

    fn all(self) -> bool {
        self.0.iter().all(|sum| *sum == T::zero())
    }
}
