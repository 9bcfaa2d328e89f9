//! The chapter in the browser, without the browser: a [`Session`] answers the requests of the page.
//!
//! `cargo xtask web` compiles this crate to WebAssembly and puts it, together with the files in `page/`, into one HTML
//! file. In the page, a worker calls three exported functions (`exports.rs`). Everything else can be tested without a
//! browser:
//!
//! ```
//! use web::{Session, from_message, to_message};
//!
//! let mut session = Session::default();
//! let mut ask = |request: &str| session.answer(&to_message(request, &[]));
//!
//! ask(r#"{"do": "digits", "train": 300, "test": 100}"#);
//! ask(r#"{"do": "start", "config": {"gradient": "numerical", "batch_size": 20}}"#);
//! let reply = ask(r#"{"do": "train", "iterations": 3}"#);
//! let (reply, losses) = from_message(&reply).unwrap();
//! assert!(reply.contains(r#""iteration":3"#) && losses.len() == 3 * 8);
//! ```
//!
//! A message is the length of a JSON text (4 bytes, little-endian), the text, and bytes that belong to it: files, images,
//! or numbers in little-endian order. [`Session::answer`] lists the requests.
#![deny(unsafe_code)]

mod error;
#[cfg(target_family = "wasm")]
mod exports;
mod files;
mod message;
mod request;
mod session;
mod step;
mod view;

pub use message::{from_message, to_message};
pub use session::Session;
