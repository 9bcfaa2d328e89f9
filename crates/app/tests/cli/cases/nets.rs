//! Nets that other programs wrote.
