//! Moving one variable of a vector, and back.

use crate::Real;

/// One element of `x` on the move; dropping it puts the original back, bit for bit, where adding and subtracting a step
/// would round.
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
