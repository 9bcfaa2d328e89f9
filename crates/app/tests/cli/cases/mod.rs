//! What people have and do, in tables: a row is a file or a command, and what the program makes of it.

mod commands;
mod data;
mod nets;
mod pictures;
