//! t
mod difficulty;
