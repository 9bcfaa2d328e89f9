//! The error of a run that diverges.

use std::fmt;

/// Training diverged: a parameter or the loss is not finite, or the weights have become too large for the step of central
/// differences ([`Trainer::has_outgrown_step`](net::Trainer::has_outgrown_step)).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Diverged {
    /// The iteration, counted from 1, that caused it, or that the step h does not allow.
    pub iteration: u64,
    /// W1, b1, W2 or b2: the array that holds the value. If all parameters are finite, the array with the largest one.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// The loss after the last update; NaN before the first.
    pub loss: f64,
    /// The step h of central differences, if the weights have become too large for it.
    pub step: Option<f64>,
    /// The learning rate; it is too large.
    pub learning_rate: f64,
}

impl Diverged {
    /// What is wrong, without the advice.
    #[must_use]
    pub fn culprit(&self) -> String {
        let Self { name, value, loss, .. } = self;
        match self.step {
            Some(h) => format!("{name} reaches {value:.2e}, too large for central differences with h = {h:e}"),
            None if value.is_finite() => format!("the loss is {loss:?}, while {name} reaches {value:.2e}"),
            None => format!("{name} holds {value}"),
        }
    }
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { iteration, learning_rate, .. } = self;
        // 1e300, not its 301 digits
        write!(f, "stopped at iteration {iteration}: {}; try a learning rate below {learning_rate:?}", self.culprit())
    }
}

impl std::error::Error for Diverged {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_size_are_short_in_the_message() {
        let diverged = Diverged {
            iteration: 7,
            name: "W2",
            value: -2.5e300,
            loss: f64::INFINITY,
            step: None,
            learning_rate: 1e300,
        };
        let text =
            "stopped at iteration 7: the loss is inf, while W2 reaches -2.50e300; try a learning rate below 1e300";
        assert_eq!(diverged.to_string(), text);
        let diverged = Diverged { value: f64::NAN, learning_rate: 0.1, ..diverged };
        assert_eq!(diverged.to_string(), "stopped at iteration 7: W2 holds NaN; try a learning rate below 0.1");
        let diverged = Diverged { value: 3.0, loss: 1e200, ..diverged };
        assert!(diverged.to_string().contains("the loss is 1e200, while W2 reaches 3.00e0;"), "{diverged}");
        let diverged = Diverged { value: 3e12, step: Some(1e-4), ..diverged };
        let words =
            "W2 reaches 3.00e12, too large for central differences with h = 1e-4; try a learning rate below 0.1";
        assert!(diverged.to_string().contains(words), "{diverged}");
    }
}
