//! `fen lsp`: the compiler at work beside an editor, by the Language Server Protocol over standard input and output.
//!
//! [`server`] speaks the protocol and answers from what is known; [`analyst`] finds that out in the background. What is
//! asked while a text is read is answered from the text before, its places moved along (see [`workspace::View`]).

mod actions;
mod analyst;
mod complete;
mod highlight;
mod hover;
mod layout;
mod places;
mod rename;
mod report;
mod server;
mod symbols;
#[cfg(test)]
mod tests;
mod text;
mod workspace;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use fen_compiler::Lang;
use tokio::sync::mpsc::unbounded_channel;
use tower_lsp_server::ls_types::MessageType;
use tower_lsp_server::{LspService, Server};

use self::analyst::{Message, Shared};
use self::server::FenServer;
use self::workspace::Workspace;
use crate::args::LspArgs;
use crate::error::{Error, Outcome};

/// So many requests may wait for a text to be read.
const CONCURRENCY: usize = 64;

/// Serves one editor until it says goodbye; exit code 0 if it did so in due form, else 1.
pub(crate) fn lsp(args: &LspArgs, lang: Lang) -> Outcome<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| Error::read(Path::new("standard input"), &error))?;
    let (outbox, mut inbox) = unbounded_channel();
    let workspace = Workspace { lang, ..Workspace::default() };
    let shared = Arc::new(Shared::new(workspace, outbox));
    analyst::start(&shared);
    let own = Arc::clone(&shared);
    let is_lang_asked = args.lang.is_some();
    let (service, socket) = LspService::new(|client| {
        let teller = client.clone();
        runtime.spawn(async move {
            while let Some(message) = inbox.recv().await {
                match message {
                    Message::Diagnostics(uri, all, version) => teller.publish_diagnostics(uri, all, version).await,
                    Message::Log(text) => teller.log_message(MessageType::ERROR, text).await,
                }
            }
        });
        FenServer::new(client, own, is_lang_asked)
    });
    let server = Server::new(tokio::io::stdin(), tokio::io::stdout(), socket).concurrency_level(CONCURRENCY);
    runtime.block_on(server.serve(service));
    let was_shut_down = {
        let mut workspace = shared.lock();
        let was_shut_down = workspace.is_closed;
        workspace.is_closed = true;
        was_shut_down
    };
    shared.wake();
    // The thread that reads standard input waits for input that does not come.
    runtime.shutdown_background();
    Ok(if was_shut_down { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
