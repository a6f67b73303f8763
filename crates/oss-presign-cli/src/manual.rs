//! `oss-presign man`: manual pages, made of what `--help` shows.

use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

use crate::arguments::{Arguments, Manual};
use crate::failure::Failure;
use crate::output;

/// Prints one page, or writes all of them.
pub(crate) fn run(arguments: &Manual) -> Result<(), Failure> {
    let mut command = Arguments::command();
    // Gives commands their whole names, and those of commands within commands.
    command.build();
    if let Some(folder) = &arguments.directory {
        std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
        return write_all(&command, folder);
    }
    let mut chosen = &command;
    for name in &arguments.command {
        chosen = chosen.find_subcommand(name).ok_or_else(|| {
            Failure::unusable(format!("there is no command `{}`", name.escape_debug()))
                .with_hint("`oss-presign help` lists them")
        })?;
    }
    output::write(page(chosen)?)
}

fn page(command: &Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn write_all(command: &Command, folder: &Path) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = folder.join(format!("{name}.1"));
    std::fs::write(&path, page(command)?).map_err(|error| Failure::file(&path, &error))?;
    let parts = command.get_subcommands().filter(|part| part.get_name() != "help");
    parts.into_iter().try_for_each(|part| write_all(part, folder))
}
