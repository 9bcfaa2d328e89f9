//! Messages: a JSON text followed by bytes, as one piece of memory.

/// Combines a text and bytes into a message.
///
/// # Panics
///
/// If the text is longer than 4 GB.
#[must_use]
pub fn to_message(json: &str, bytes: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "documented; no text here comes near it")]
    let length = u32::try_from(json.len()).expect("a text of less than 4 GB");
    let mut message = Vec::with_capacity(4 + json.len() + bytes.len());
    message.extend(length.to_le_bytes());
    message.extend(json.as_bytes());
    message.extend(bytes);
    message
}

/// The text and the bytes of a message; `None` if it is not a message.
#[must_use]
pub fn from_message(message: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = message.split_first_chunk()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
    let (json, bytes) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(json).ok()?, bytes))
}
