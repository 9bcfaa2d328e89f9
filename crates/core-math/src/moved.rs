//! Moving a variable in place, and back whatever happens.

use crate::Real;

/// One element of `x` on the move; dropping it, by return, error or panic, puts the original back.
pub(crate) struct Moved<'a, T: Copy> {
    original: T,
    pub(crate) x: &'a mut [T],
    i: usize,
}

impl<'a, T: Real> Moved<'a, T> {
    pub(crate) fn new(x: &'a mut [T], i: usize) -> Self {
        Self { original: x[i], x, i }
    }

    /// All of `x`, the element `by` away from where it was.
    pub(crate) fn to(&mut self, by: T) -> &[T] {
        self.x[self.i] = self.original + by;
        self.x
    }
}

impl<T: Copy> Drop for Moved<'_, T> {
    fn drop(&mut self) {
        self.x[self.i] = self.original;
    }
}
