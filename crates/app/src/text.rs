//! Lines for people, and numbers as they read them.

/// `eprintln!` that does not panic where stderr cannot be written to: whoever reads it has left, or its disk is full.
macro_rules! tell {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($line)*);
    }};
}
pub(crate) use tell;

/// 60000 as `60,000`.
pub(crate) fn thousands(n: impl TryInto<u64>) -> String {
    let digits = n.try_into().unwrap_or(u64::MAX).to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Seconds in the unit that fits: `340 us`, `13 ms`, `7.3 s`, `4 min`, `2.5 h`, `3.1 days`.
pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.0} us", s * 1e6),
        s if s < 0.1 => format!("{:.1} ms", s * 1e3),
        s if s < 1.0 => format!("{:.0} ms", s * 1e3),
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}

/// A shape as NumPy prints it: `(784, 50)`, `(50,)`.
pub(crate) fn shape(dimensions: &[usize]) -> String {
    match dimensions {
        [n] => format!("({n},)"),
        _ => format!("({})", dimensions.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_off() {
        assert_eq!([0_u64, 999, 1000, 79_520, 1_234_567].map(thousands), ["0", "999", "1,000", "79,520", "1,234,567"]);
    }

    #[test]
    fn durations_take_the_unit_that_fits() {
        let found = [2e-5, 0.0131, 0.25, 7.31, 240.0, 9000.0, 267_840.0].map(duration);
        assert_eq!(found, ["20 us", "13.1 ms", "250 ms", "7.3 s", "4 min", "2.5 h", "3.1 days"]);
    }

    #[test]
    fn shapes_print_as_in_numpy() {
        assert_eq!([shape(&[784, 50]), shape(&[50])], ["(784, 50)", "(50,)"]);
    }
}
