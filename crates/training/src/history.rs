//! The losses and accuracies of a run.

/// The losses and evaluations of a run.
///
/// Every loss is kept until there are [`History::KEPT`]. Then every second one is dropped, and the stride doubles. So
/// memory is bounded, and which losses are kept depends only on the number of iterations, even if the run was resumed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct History {
    /// Element k of `losses` is the loss after iteration (k + 1) * stride, with iterations counted from 1. A power of two.
    pub stride: u64,
    /// Every loss, or every `stride`-th one.
    pub losses: Vec<f64>,
    /// The evaluations, in the order of their iterations.
    pub evaluations: Vec<Evaluation>,
}

/// The accuracies after an iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Evaluation {
    /// The number of iterations done: 1, 601, 1201, ... where the notebook's `i` is 0, 600, 1200, ...
    pub iteration: u64,
    /// The accuracy on the training samples, from 0 to 1.
    pub train_accuracy: f64,
    /// The accuracy on the test samples, from 0 to 1; NaN if there are none.
    pub test_accuracy: f64,
    /// Seconds of training and evaluating until now, including the time before the run was resumed.
    pub seconds: f64,
}

impl Default for History {
    fn default() -> Self {
        Self { stride: 1, losses: Vec::new(), evaluations: Vec::new() }
    }
}

impl History {
    /// The largest number of losses that are kept.
    pub const KEPT: usize = 100_000;

    /// Records the loss after iteration `done`. Call it once per iteration.
    pub fn push(&mut self, done: u64, loss: f64) {
        if !done.is_multiple_of(self.stride) {
            return;
        }
        if self.losses.len() >= Self::KEPT {
            // keep those after iterations 2, 4, 6, ... times the stride
            self.losses = self.losses.iter().skip(1).step_by(2).copied().collect();
            self.stride *= 2;
            if !done.is_multiple_of(self.stride) {
                return;
            }
        }
        self.losses.push(loss);
    }

    /// The recorded losses after evaluation `k - 1`, or from the start if `k` is 0, up to and including the iteration of
    /// evaluation `k`.
    ///
    /// # Panics
    ///
    /// If there is no evaluation `k`, counted from 0.
    #[track_caller]
    #[must_use]
    pub fn losses_before(&self, k: usize) -> &[f64] {
        // no other panic if you changed the public fields, or read them from a file
        let kept = |iteration: u64| {
            usize::try_from(iteration / self.stride.max(1)).unwrap_or(usize::MAX).min(self.losses.len())
        };
        let to = kept(self.evaluations[k].iteration);
        let from = k.checked_sub(1).map_or(0, |before| kept(self.evaluations[before].iteration));
        &self.losses[from.min(to)..to]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(iteration: u64) -> Evaluation {
        Evaluation { iteration, train_accuracy: 0.5, test_accuracy: 0.5, seconds: 0.0 }
    }

    #[test]
    fn memory_is_bounded_and_each_kept_loss_stands_at_its_iteration() {
        let mut history = History::default();
        for done in 1..=450_000_u64 {
            history.push(done, done as f64);
            assert!(history.losses.len() <= History::KEPT);
        }
        assert_eq!(history.stride, 8);
        let expected: Vec<f64> = (1..=56_250).map(|k| f64::from(k) * 8.0).collect();
        assert_eq!(history.losses, expected);
    }

    #[test]
    fn an_evaluation_gets_the_losses_since_the_one_before() {
        let mut history = History::default();
        for done in 1..=10 {
            history.push(done, done as f64);
            if [1, 4, 10].contains(&done) {
                history.evaluations.push(evaluation(done));
            }
        }
        assert_eq!(history.losses_before(0), [1.0]);
        assert_eq!(history.losses_before(1), [2.0, 3.0, 4.0]);
        assert_eq!(history.losses_before(2), [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
    }

    #[test]
    fn fields_that_do_not_fit_together_give_no_panic() {
        let mut history = History { stride: 0, losses: vec![1.0; 3], evaluations: vec![evaluation(9), evaluation(2)] };
        assert_eq!((history.losses_before(0), history.losses_before(1)), (&[1.0; 3][..], &[][..]));
        history.push(3, 1.0);
        let mut long = History { losses: vec![1.0; History::KEPT + 7], ..History::default() };
        long.push(2, 1.0);
        assert!(long.losses.len() <= History::KEPT);
    }
}
