//! Debug output of long vectors.

use std::fmt;

/// Shows the first few elements and how many there are.
pub(crate) struct Short<'a, T>(pub(crate) &'a [T]);

impl<T: fmt::Debug> fmt::Debug for Short<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 4;
        let mut list = f.debug_list();
        list.entries(self.0.iter().take(SHOWN));
        if self.0.len() > SHOWN {
            list.entry(&format_args!("... {} in all", self.0.len()));
        }
        list.finish()
    }
}
