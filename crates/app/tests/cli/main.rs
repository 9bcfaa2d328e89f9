//! The real binary, driven as a user drives it. Test names are sentences.

#![allow(clippy::unwrap_used, reason = "a test stops at its first surprise")]

mod bad_input;
mod both_languages;
mod cases;
mod chapter;
mod commands;
mod crashes;
mod docs;
mod hostile;
mod korean;
mod lab;
mod page;
mod page_look;
mod paths;
mod predict;
mod python;
mod resume;
mod support;
mod training;
