//! Whether there is memory for what is to come: where it runs out on the way, a process ends without saving anything.

use crate::lang::said;
use crate::text::thousands;
use anyhow::{Context, Result};

/// An error where the system does not give so many bytes. They are given back at once, untouched: a system that promises more
/// than it has is not seen through, but a limit on the process (`ulimit -v`) is.
pub(crate) fn check(bytes: u64, purpose: &str) -> Result<()> {
    let asked = usize::try_from(bytes).unwrap_or(usize::MAX);
    let given = Vec::<u8>::new().try_reserve_exact(asked);
    given.with_context(|| {
        said!(
            "not enough memory for {purpose}: about {} MB are needed",
            "메모리가 부족합니다: {purpose}에 약 {} MB가 필요합니다",
            thousands(bytes.div_ceil(1_000_000))
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_memory_is_there_and_not_any_amount() {
        assert!(check(1000, "a test").is_ok());
        let error = check(1 << 60, "a net").unwrap_err();
        assert_eq!(error.to_string(), "not enough memory for a net: about 1,152,921,504,607 MB are needed");
    }
}
