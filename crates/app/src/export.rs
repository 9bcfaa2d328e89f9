//! `app export`: the arrays of a net for other programs.

use crate::cli::ExportArgs;
use crate::failure::usage;
use crate::files;
use crate::model::Model;
use anyhow::{Context, Result};
use net_file::Kind;
use std::process::ExitCode;

pub(crate) fn run(arguments: &ExportArgs) -> Result<ExitCode> {
    let file = &arguments.file;
    let Some(kind) = Kind::of_path(file) else {
        return Err(usage(format!("{}: name a file that ends in .npz or .safetensors", file.display())));
    };
    let model = Model::load(arguments.model.path.as_deref(), arguments.model.activation)?;
    let bytes = kind.write(&model.parameters, model.activation.into())?;
    files::replace(file, &[&bytes]).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(ExitCode::SUCCESS)
}
