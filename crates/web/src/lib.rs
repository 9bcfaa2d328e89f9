//! The chapter in the browser, without the browser: a [`Session`] answers the requests of the page.
#![deny(unsafe_code)]

#[cfg(target_family = "wasm")]
mod exports;
mod session;

pub use session::Session;
