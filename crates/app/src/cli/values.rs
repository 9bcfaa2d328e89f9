//! Numbers on the command line: what is refused is told in plain words.

use crate::lang::said;
use crate::text::thousands;
use crate::threads;
use std::str::FromStr;

/// A whole number from 1.
pub(super) fn count<T: FromStr + PartialEq + From<u8>>(text: &str) -> Result<T, String> {
    match text.parse() {
        Ok(value) if value != T::from(0) => Ok(value),
        _ => Err(refused::<T>(text, 1)),
    }
}

/// A whole number from 0.
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| refused::<T>(text, 0))
}

/// A number of threads.
pub(super) fn thread_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=threads::MOST) => Ok(count),
        _ => Err(said!(
            "expected a whole number from 1 to {}",
            "1부터 {}까지의 정수여야 합니다",
            thousands(threads::MOST)
        )),
    }
}

/// `T` has no room for digits alone only where there are too many of them.
fn refused<T: FromStr>(text: &str, least: u8) -> String {
    let is_too_large =
        !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) && text.parse::<T>().is_err();
    if is_too_large {
        said!("that is too large", "너무 큽니다")
    } else {
        said!("expected a whole number, {least} or more", "{least} 이상의 정수여야 합니다")
    }
}

/// A finite number above 0.
pub(super) fn above_0(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err(said!("expected a finite number above 0", "0보다 큰 유한한 수여야 합니다")),
    }
}

/// A finite number from 0.
pub(super) fn from_0(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err(said!("expected a finite number, 0 or above", "0 이상의 유한한 수여야 합니다")),
    }
}
