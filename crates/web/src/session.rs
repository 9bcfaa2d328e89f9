//! What the page is in the middle of.

/// What the page is in the middle of.
#[derive(Default)]
pub struct Session {}

impl Session {
    /// Answers a request.
    pub fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        request.to_vec()
    }
}
