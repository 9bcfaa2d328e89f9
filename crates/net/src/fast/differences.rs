//! Central differences of the loss with respect to the weights of a panel: L(p + h) - L(p - h), summed over the samples.
//!
//! **The neuron.** Changing W1\[i, j\] by ±h changes the input of neuron j in sample n by ±e, where e = h x\[n, i\], and
//! nothing else. With z = σ(a) and u = eᵉ - 1, the identity σ(a + e) - σ(a) = z (1 - z) u / (1 + z u) gives the change d
//! of the neuron's output. It needs no exponential for each neuron, because u depends on e alone. tanh is 2 σ(2a) - 1,
//! and relu needs none.
//!
//! **The loss.** Logit k of the sample changes by d w2\[j, k\]. With q_k = w2\[j, k\] - w2\[j, t\] for label t, the loss
//! of the sample changes by l(d) = ln Σₖ yₖ exp(d q_k). The result is D = l(d₊) - l(d₋).
//!
//! **Small changes** ([`interpolate`]). If |d q_k| is at most 2⁻¹⁰, then Σₖ yₖ exp(d q_k) = 1 + Σₘ Mₘ dᵐ with Mₘ = Σₖ yₖ
//! q_kᵐ / m!, and 5 powers are enough: the rest is below 2e-18 of the change. Otherwise the exponentials are computed. D
//! is evaluated at two, three or eight inputs, and [interpolated](super::interpolation) between them.
//!
//! **Large changes** ([`each`]). If that is not enough, or if relu has its kink within the step, D is evaluated for every
//! input that is not 0.

use super::interpolation::{MOST_POINTS, bases, coefficients, points, positions};
use super::panel::Work;
use super::rows::View;
use super::{LANES, Lanes};
use crate::Activation;
use core_math::{Real, lanes};
use multiversion::multiversion;
use std::array::from_fn;
use std::mem;

/// The step h, and bounds for how far it can change anything.
#[derive(Clone, Copy)]
pub(super) struct Moves<T> {
    pub(super) activation: Activation,
    pub(super) h: T, // above 0
    /// The largest |x|, at least 1 for the bias.
    pub(super) largest_x: T,
    /// The largest |z1|, at least 1 for the bias.
    pub(super) largest_z: T,
    /// The largest |q|.
    pub(super) spread: T,
}

/// How the differences of a step are computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// By interpolation through this many points.
    Interpolate(usize),
    Each,
    /// By the plain formula, for values that overflow or are not finite.
    Definition,
}

/// The series is used up to this |d q|.
const SMALL: f64 = 1.0 / 1024.0;

/// The largest exponent: e to this power, squared, is still a finite number.
const LARGEST_EXPONENT: f64 = 300.0;

impl<T: Real> Moves<T> {
    pub(super) fn way(&self) -> Way {
        let [h, z, spread] = [self.h, self.largest_z, self.spread].map(T::to_f64);
        let (exponent, d) = self.exponent_and_d();
        let largest = [exponent, h * z, d * spread].into_iter().fold(0.0, f64::max);
        let is_finite = exponent.is_finite() && z.is_finite() && spread.is_finite();
        // in f32 one rounding error of the loss changes the gradient by 1e-3, so only the plain formula is used
        if size_of::<T>() < size_of::<f64>() || !is_finite || largest > LARGEST_EXPONENT || h < 1e-150 {
            return Way::Definition;
        }
        // For |e| < ρ ≤ 1, complex e included, a sigmoid changes by less than 0.325 ρ. While |d q| stays below π/2, no
        // sum of exponentials is 0, so l has no singularity. For W2 the sum is 1 - p + p eᵉ, which is not 0 for |e| < π.
        let rho = match self.activation {
            Activation::Sigmoid => (4.8 / spread).min(1.0),
            Activation::Tanh => (2.4 / spread).min(1.0),
            Activation::Relu => (1.5 / spread).min(1.0),
        };
        let is_small = d * spread <= SMALL && h * z <= SMALL && spread <= 1e30;
        // a few points are computed by the series, many by exponentials
        let enough =
            points((exponent / rho).max(h * z / 2.0)).map(|points| if is_small { points } else { MOST_POINTS });
        enough.map_or(Way::Each, Way::Interpolate)
    }

    /// The largest exponent in the changes of the neurons, and the largest |d|.
    fn exponent_and_d(&self) -> (f64, f64) {
        let [h, x] = [self.h, self.largest_x].map(T::to_f64);
        // sigmoid changes by at most a quarter of its input's change, and by 1 in total; tanh by 1 and 2; relu by 1
        match self.activation {
            Activation::Sigmoid => (h * x, (h * x / 4.0).min(1.0)),
            Activation::Tanh => (2.0 * h * x, (h * x).min(2.0)),
            Activation::Relu => (h * x, h * x),
        }
    }

    /// Whether the weights alone change a logit too far, for inputs from 0 to 1, with which no output of a neuron is larger
    /// than `largest_z`. The inputs of a batch are not considered: a resumed run has no batch yet, and must stop at the
    /// same iteration as an uninterrupted one.
    pub(super) fn are_outgrown_by_weights(&self, largest_z: T) -> bool {
        let (_, d) = Self { largest_x: T::one(), ..*self }.exponent_and_d();
        let h = self.h.to_f64();
        h <= 1.0 && (d * self.spread.to_f64()).max(h * largest_z.to_f64()) > LARGEST_EXPONENT
    }

    /// exp(e) - 1 for sigmoid, exp(2 e) - 1 for tanh, e for relu: every change is computed from it.
    #[inline(always)]
    fn amount(&self, e: T) -> T {
        match self.activation {
            Activation::Sigmoid => lanes::exp_and_exp_m1([e]).1[0],
            Activation::Tanh => lanes::exp_and_exp_m1([e + e]).1[0],
            Activation::Relu => e,
        }
    }
}

/// A group of neurons in one sample: three numbers per neuron, from which every change is computed.
struct Neurons<T> {
    up: [T; LANES],
    down: [T; LANES],
    factor: [T; LANES],
}

impl<T: Real> Neurons<T> {
    /// From z1 and the derivative of the activation. 1 - z may lose digits, but it is multiplied by a small number and
    /// added to 1. A relu neuron must not cross its kink.
    #[inline(always)]
    fn of_output(activation: Activation, Lanes(z): Lanes<T>, Lanes(slope): Lanes<T>) -> Self {
        let (one, half) = (T::one(), T::of(0.5));
        match activation {
            Activation::Sigmoid => Self { up: z, down: z.map(|z| one - z), factor: slope },
            Activation::Tanh => Self {
                up: z.map(|z| half + half * z),
                down: z.map(|z| half - half * z),
                factor: slope.map(|slope| half * slope),
            },
            Activation::Relu => Self { up: slope, down: slope, factor: slope },
        }
    }

    /// From a1: z and 1 - z, both with all their digits; tanh(a) = 2 σ(2a) - 1.
    #[inline(always)]
    fn of_input(activation: Activation, Lanes(a): Lanes<T>) -> Self {
        let one = T::one();
        let of_sigmoid = |scale: T| {
            let e: [T; LANES] = lanes::exp(a.map(|a| -(scale * a)));
            let up: [T; LANES] = from_fn(|lane| one / (one + e[lane]));
            let down: [T; LANES] = from_fn(|lane| e[lane] * up[lane]);
            Self { up, down, factor: from_fn(|lane| scale * up[lane] * down[lane]) }
        };
        match activation {
            Activation::Sigmoid => of_sigmoid(one),
            Activation::Tanh => of_sigmoid(T::of(2.0)),
            Activation::Relu => Self {
                up: a.map(|a| if a < T::zero() { a } else { T::zero() }),
                down: a.map(|a| if a > T::zero() { -a } else { T::zero() }),
                factor: [T::zero(); LANES],
            },
        }
    }

    /// d₊ and d₋ for sigmoid or tanh. Every sum here adds positive numbers, so nothing cancels, not even in a saturated
    /// neuron.
    #[inline(always)]
    fn move_sigmoid(&self, u: T) -> ([T; LANES], [T; LANES]) {
        let above: [T; LANES] = from_fn(|lane| T::one() + self.up[lane] * u);
        let below: [T; LANES] = from_fn(|lane| T::one() + self.down[lane] * u);
        let both: [T; LANES] = from_fn(|lane| self.factor[lane] * u / (above[lane] * below[lane]));
        (from_fn(|lane| both[lane] * below[lane]), from_fn(|lane| -(both[lane] * above[lane])))
    }

    /// d₊ and d₋ for relu if the neuron does not cross its kink, from [`of_output`](Self::of_output).
    #[inline(always)]
    fn move_line(&self, e: T) -> ([T; LANES], [T; LANES]) {
        (self.factor.map(|slope| slope * e), self.factor.map(|slope| -(slope * e)))
    }

    /// d₊ and d₋ for relu, without rounding if the neuron does not cross its kink; from [`of_input`](Self::of_input).
    #[inline(always)]
    fn move_relu(&self, e: T) -> ([T; LANES], [T; LANES]) {
        let larger = |a: T, b: T| if a > b { a } else { b };
        (
            from_fn(|lane| larger(self.up[lane] + e, self.down[lane])),
            from_fn(|lane| larger(self.up[lane] - e, self.down[lane])),
        )
    }
}

/// ln (1 + above) - ln (1 + below) = 2 artanh s, which keeps all digits although the two are nearly equal. It is for
/// changes of at most [`SMALL`], where three terms leave out less than 2e-19 of it.
#[inline(always)]
pub(super) fn small_difference<T: Real>(above: [T; LANES], below: [T; LANES]) -> [T; LANES] {
    let s: [T; LANES] = from_fn(|lane| (above[lane] - below[lane]) / (T::of(2.0) + (above[lane] + below[lane])));
    let square: [T; LANES] = from_fn(|lane| s[lane] * s[lane]);
    from_fn(|lane| (T::of(2.0) + (T::of(2.0 / 3.0) + T::of(2.0 / 5.0) * square[lane]) * square[lane]) * s[lane])
}

/// A sum of probabilities times exponentials, and the same sum minus 1. Both are kept, because each is exact where the
/// other is not.
#[derive(Clone, Copy)]
pub(super) struct Sum<T> {
    pub(super) whole: [T; LANES],
    pub(super) less_1: [T; LANES],
}

/// The logarithm of one sum minus the logarithm of the other, for changes of any size.
#[inline(always)]
pub(super) fn any_difference<T: Real>(above: Sum<T>, below: Sum<T>) -> [T; LANES] {
    let quotient: [T; LANES] =
        from_fn(|lane| (above.less_1[lane] - below.less_1[lane]) / (T::one() + below.less_1[lane]));
    let near = lanes::ln_1p(quotient);
    let (above_ln, below_ln) = (lanes::ln(above.whole), lanes::ln(below.whole));
    let is_near = |x: T| x < T::of(0.5) && x > T::of(-0.5);
    from_fn(|lane| {
        let near_both = is_near(above.less_1[lane]) && is_near(below.less_1[lane]);
        if near_both { near[lane] } else { above_ln[lane] - below_ln[lane] }
    })
}

/// The results of the output layer that the panels need.
#[derive(Clone, Copy)]
pub(super) struct Outputs<'a, T> {
    pub(super) y: &'a [T], // K x stride: the probabilities
    pub(super) stride: usize,
    pub(super) labels: &'a [u8], // N
}

/// Writes the coefficients of W1 and b1 over the derivative and a1, and the basis of z1 over z1. Neurons whose kink is
/// within the step are listed in `apart`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn interpolate<T: Real, const P: usize>(work: &mut Work<T>, outputs: Outputs<T>, moves: Moves<T>) {
    portable::interpolate::<T, P>(work, outputs, moves);
}

/// Adds `rate` times the differences of W1 and b1 to the weights, for all neurons or only for those in `apart`.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn each<T: Real, E: Copy>(
    work: &mut Work<T>,
    rows: View<E>,
    read: impl Fn(E) -> (usize, T) + Copy,
    outputs: Outputs<T>,
    moves: Moves<T>,
    rate: T,
) {
    portable::each::<T, E>(work, rows, read, outputs, moves, rate);
}

/// The same functions, compiled without special instructions.
pub(super) mod portable {
    use super::*;

    #[inline(always)]
    pub(in super::super) fn interpolate<T: Real, const P: usize>(
        work: &mut Work<T>,
        outputs: Outputs<T>,
        moves: Moves<T>,
    ) {
        let Outputs { y, stride, labels } = outputs;
        let Work { panel, z, c, apart, .. } = work;
        let (groups, activation) = (panel.groups(), moves.activation);
        let largest_e = moves.h * moves.largest_x;
        let amounts = positions::<T, P>().map(|t| moves.amount(largest_e * t));
        let over_z = T::one() / moves.largest_z;
        apart.clear();
        for (n, &label) in labels.iter().enumerate() {
            for g in 0..groups {
                let at = n * groups + g;
                let (z1, slope, a1) = (z[0][at], c[0][at], c[1][at]);
                for (z, basis) in z.iter_mut().zip(bases::<T, P>(from_fn(|lane| z1.0[lane] * over_z))) {
                    z[at] = Lanes(basis);
                }

                // lanes without a neuron have a1 = 0, but no kink
                let neurons = LANES.min(panel.neurons - g * LANES);
                if activation == Activation::Relu && a1.0[..neurons].iter().any(|&a| a <= largest_e && a >= -largest_e)
                {
                    apart.push((n, g));
                    // `each` has not read a1 yet: keep it
                    (0..P).filter(|m| *m != 1).for_each(|m| c[m][at] = Lanes::of(T::zero()));
                    continue;
                }
                let moments = moments(&panel.w2[g..], groups, usize::from(label), y[n..].iter().step_by(stride));
                let neuron = Neurons::of_output(activation, z1, slope);
                // a loop, because a closure of this size is not inlined, and so not compiled for AVX2
                let mut values = [[T::zero(); LANES]; P];
                for (value, &amount) in values.iter_mut().zip(&amounts) {
                    let (above, below) = match activation {
                        Activation::Relu => neuron.move_line(amount),
                        _ => neuron.move_sigmoid(amount),
                    };
                    *value = if P < MOST_POINTS {
                        small_difference(polynomial(&moments, above), polynomial(&moments, below))
                    } else {
                        loss_difference(&panel.w2[g..], groups, n, outputs, above, below)
                    };
                }
                for (c, coefficient) in c.iter_mut().zip(coefficients::<T, P>(values)) {
                    c[at] = Lanes(coefficient);
                }
            }
        }
    }

    #[inline(always)]
    pub(in super::super) fn each<T: Real, E: Copy>(
        work: &mut Work<T>,
        rows: View<E>,
        read: impl Fn(E) -> (usize, T) + Copy,
        outputs: Outputs<T>,
        moves: Moves<T>,
        rate: T,
    ) {
        let Work { panel, c, apart, .. } = work;
        let groups = panel.groups();
        for &(n, g) in &*apart {
            let a1 = mem::replace(&mut c[1][n * groups + g], Lanes::of(T::zero()));
            let neuron = Neurons::of_input(moves.activation, a1);
            let difference = |x: T| {
                let amount = moves.amount(moves.h * x);
                let (above, below) = match moves.activation {
                    Activation::Relu => neuron.move_relu(amount),
                    _ => neuron.move_sigmoid(amount),
                };
                loss_difference(&panel.w2[g..], groups, n, outputs, above, below)
            };
            let add = |weights: &mut Lanes<T>, x: T| {
                // D is an odd function
                let (x, rate) = if x < T::zero() { (-x, -rate) } else { (x, rate) };
                let difference = difference(x);
                for (weight, difference) in weights.0.iter_mut().zip(difference) {
                    *weight += rate * difference;
                }
            };
            for &entry in rows.row(n) {
                let (i, x) = read(entry);
                add(&mut panel.w1[i * groups + g], x);
            }
            add(&mut panel.b1[g], T::one());
        }
    }
}

/// l(d₊) - l(d₋) for a group of neurons in sample `n`, by exponentials; `w2` is stored class by class.
#[inline(always)]
fn loss_difference<T: Real>(
    w2: &[Lanes<T>],
    groups: usize,
    n: usize,
    Outputs { y, stride, labels }: Outputs<T>,
    above: [T; LANES],
    below: [T; LANES],
) -> [T; LANES] {
    let label = w2[usize::from(labels[n]) * groups];
    let mut sums = [Sum { whole: [T::zero(); LANES], less_1: [T::zero(); LANES] }; 2];
    for (w2, &y) in w2.iter().step_by(groups).zip(y[n..].iter().step_by(stride)) {
        for (sum, d) in sums.iter_mut().zip([above, below]) {
            let dq = from_fn(|lane| d[lane] * (w2.0[lane] - label.0[lane]));
            let (exp, exp_m1) = lanes::exp_and_exp_m1::<T, LANES>(dq);
            for lane in 0..LANES {
                sum.whole[lane] += y * exp[lane];
                sum.less_1[lane] += y * exp_m1[lane];
            }
        }
    }
    any_difference(sums[0], sums[1])
}

/// M₁ to M₅ for a group of neurons in one sample; `w2` and `y` are stored class by class.
#[inline(always)]
fn moments<'a, T: Real>(
    w2: &[Lanes<T>],
    groups: usize,
    label: usize,
    y: impl Iterator<Item = &'a T>,
) -> [[T; LANES]; 5] {
    const FACTORS: [f64; 5] = [1.0, 1.0 / 2.0, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0];
    let at_label = w2[label * groups];
    let mut moments = [[T::zero(); LANES]; 5];
    for (w2, &y) in w2.iter().step_by(groups).zip(y) {
        let q: [T; LANES] = from_fn(|lane| w2.0[lane] - at_label.0[lane]);
        let mut term = [y; LANES];
        for moment in &mut moments {
            term = from_fn(|lane| term[lane] * q[lane]);
            *moment = from_fn(|lane| moment[lane] + term[lane]);
        }
    }
    for (moment, factor) in moments.iter_mut().zip(FACTORS) {
        *moment = from_fn(|lane| moment[lane] * T::of(factor));
    }
    moments
}

/// Σₘ Mₘ dᵐ, m from 1 to 5, by Horner's rule.
#[inline(always)]
fn polynomial<T: Real>(moments: &[[T; LANES]; 5], d: [T; LANES]) -> [T; LANES] {
    let mut sum = [T::zero(); LANES];
    for moment in moments.iter().rev() {
        sum = from_fn(|lane| (sum[lane] + moment[lane]) * d[lane]);
    }
    sum
}
