//! `app export`: the arrays of a net for other programs.

use crate::cli::ExportArgs;
use crate::failure::usage;
use crate::files;
use crate::model::Model;
use crate::text::{program, quoted, shape, tell};
use anyhow::{Context, Result};
use net::Parameters;
use net_file::Kind;
use std::process::ExitCode;

pub(crate) fn run(arguments: &ExportArgs) -> Result<ExitCode> {
    let file = &arguments.file;
    let Some(kind) = Kind::of_path(file) else {
        return Err(usage(format!("{}: name a file that ends in .npz or .safetensors", file.display())));
    };
    if file.is_file() && !arguments.force {
        return Err(usage(format!("{} exists already; --force replaces it, or name another file", file.display())));
    }
    let model = Model::load(arguments.model.path(), arguments.model.activation)?;
    let bytes = kind.write(&model.parameters, model.activation.into())?;
    files::replace(file, &[&bytes]).with_context(|| format!("cannot write {}", file.display()))?;

    let named = Parameters::<f64>::NAMES.into_iter().zip(model.sizes()?.shapes());
    let shapes: Vec<String> = named.map(|(name, of)| format!("{name} {}", shape(&of))).collect();
    tell!("model     {}, {}", model.path.display(), model.origin());
    tell!("wrote     {}", file.display());
    tell!("          {} in {}", shapes.join(" "), model.parameters.precision());
    if model.is_activation_guessed {
        tell!(
            "note: {} does not name its activation, so {} is written; --activation names another",
            model.path.display(),
            model.activation
        );
    }
    let is_newest = arguments.model.path().is_none();
    if is_newest && model.run.as_ref().is_some_and(|run| !run.is_finished()) {
        let folder = model.path.parent().unwrap_or(&model.path);
        tell!(
            "note: the newest run has not ended; `{} train --resume {}` goes on with it, and a MODEL names another",
            program(),
            quoted(folder)
        );
    }
    Ok(ExitCode::SUCCESS)
}
