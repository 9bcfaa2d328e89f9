//! Moves one variable of a vector, and restores it.

use crate::Real;

/// One element of `x` while it is moved. Dropping this restores the original value bit for bit; adding and subtracting a
/// step would round.
pub(crate) struct Moved<'a, T: Copy> {
    original: T,
    pub(crate) x: &'a mut [T],
    i: usize,
}

impl<'a, T: Real> Moved<'a, T> {
    pub(crate) fn new(x: &'a mut [T], i: usize) -> Self {
        Self { original: x[i], x, i }
    }

    /// All of `x`, with the element moved by `by` from its original value.
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
