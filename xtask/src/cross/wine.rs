//! A library of Windows that Rust programs need, but wine before 9.0 lacks.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Random bytes, from the source that wine uses.
const CODE: &str = "#include <windows.h>
#include <ntsecapi.h>
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) { return RtlGenRandom(bytes, (ULONG)length); }
";

/// Creates `bcryptprimitives.dll` in `folder`, and tells wine to look there for libraries that it lacks.
pub(super) fn libraries(folder: &Path) -> Result<(String, String)> {
    let (code, library) = (folder.join("prng.c"), folder.join("bcryptprimitives.dll"));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&code, CODE));
    written.with_context(|| format!("cannot write {}", code.display()))?;
    let mut compiler = Command::new("x86_64-w64-mingw32-gcc");
    compiler.args(["-shared", "-o"]).args([&library, &code]).arg("-ladvapi32");
    let status = compiler.status().context("cannot start x86_64-w64-mingw32-gcc")?;
    ensure!(status.success(), "cannot compile {}: {status}", code.display());
    Ok(("WINEPATH".to_owned(), as_windows_names_it(folder)))
}

/// Wine's drive Z is the root.
fn as_windows_names_it(folder: &Path) -> String {
    format!("Z:{}", folder.display()).replace('/', "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wine_finds_a_folder_of_this_system_on_drive_z() {
        assert_eq!(as_windows_names_it(Path::new("/home/me/net")), r"Z:\home\me\net");
    }
}
