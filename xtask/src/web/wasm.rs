//! Compiles crates/web to WebAssembly, with SIMD.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::compile::{Build, Toolchain};

pub(super) const TARGET: &str = "wasm32-unknown-unknown";

/// Reads a file that was compiled elsewhere.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let wasm = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(wasm.starts_with(b"\0asm"), "{} is not WebAssembly: it does not begin with \\0asm", path.display());
    Ok(wasm)
}

/// Compiles crates/web of the checkout.
pub(super) fn compile(root: &Path) -> Result<Vec<u8>> {
    let toolchain = Toolchain::of_target(root, TARGET)?;
    if let Some(missing) = toolchain.missing_library() {
        bail!(missing);
    }
    let build = Build {
        package: "two-layer-net-web",
        file: "web.wasm",
        profile: "wasm",
        flags: &["-C", "target-feature=+simd128"],
    };
    read(&build.run(root, &toolchain)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_wasm_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.wasm");
        assert!(read(&path).unwrap_err().to_string().contains("cannot read"));
        fs::write(&path, "<!DOCTYPE html>").unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("is not WebAssembly"));
        fs::write(&path, "\0asm\x01").unwrap();
        assert_eq!(read(&path).unwrap(), b"\0asm\x01");
    }
}
