//! The program `akiba-sandbox`; the library has everything that it does.

use std::process::ExitCode;

use akiba_sandbox::cli::{Cli, Command, TetherArgs};
use akiba_sandbox::commands;
use akiba_sandbox::process::tether;
use clap::Parser;

fn main() -> ExitCode {
    let command = match Cli::parse().command {
        Command::RunTethered(args) => return become_tethered(&args),
        command => command,
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, 1),
    };
    let result = runtime.block_on(async {
        match command {
            Command::Serve(args) => commands::serve(args).await,
            Command::Demo(args) => commands::demo(args).await,
            Command::RunTethered(_) => Ok(()),
        }
    });
    // Drops every open connection; the last one removes the temporary folder.
    drop(runtime);
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(&failure, failure.exit_code()),
    }
}

fn become_tethered(args: &TetherArgs) -> ExitCode {
    let Some((program, arguments)) = args.program.split_first() else { return ExitCode::from(2) };
    fail(&tether::run(args.parent, program, arguments), 127)
}

fn fail(error: &dyn std::fmt::Display, code: u8) -> ExitCode {
    eprintln!("akiba-sandbox: {error}");
    ExitCode::from(code)
}
