//! The program `app`; all of it is in the library beside.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    app::main()
}
