//! Reads policies in the background: one thread resolves and checks what has changed, another one tries examples and invariants
//! when there is time. Whatever is outdated is dropped.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use fen_compiler::literate::split;
use fen_compiler::{Source, examine};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp_server::ls_types::{Diagnostic, Uri};

use super::report;
use super::text::Text;
use super::workspace::{Known, Overlay, Workspace};

/// Policies nest expressions and files; the check walks them recursively.
const STACK_BYTES: usize = 64 << 20;

/// What is sent to the editor.
pub(crate) enum Message {
    /// All that is to be said about a document.
    Diagnostics(Uri, Vec<Diagnostic>, Option<i32>),
    /// Something for those who look after the server.
    Log(String),
}

/// What the threads and the protocol share.
pub(crate) struct Shared {
    workspace: Mutex<Workspace>,
    work: Condvar,
    /// Told whenever something became known.
    pub(crate) news: Notify,
    outbox: UnboundedSender<Message>,
}

impl Shared {
    pub(crate) fn new(workspace: Workspace, outbox: UnboundedSender<Message>) -> Self {
        Self { workspace: Mutex::new(workspace), work: Condvar::new(), news: Notify::new(), outbox }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Workspace> {
        // Nothing is left half done in it: what panics, if anything, runs without the lock.
        self.workspace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the threads look for work.
    pub(crate) fn wake(&self) {
        self.work.notify_all();
    }

    pub(crate) fn send(&self, message: Message) {
        // Nobody is left to tell once the editor has gone.
        let _ = self.outbox.send(message);
    }

    /// Waits for a root; `None` when the server ends.
    fn next(&self, choose: impl Fn(&mut Workspace) -> Option<String>) -> Option<(String, MutexGuard<'_, Workspace>)> {
        let mut workspace = self.lock();
        loop {
            if workspace.is_closed {
                return None;
            }
            if let Some(root) = choose(&mut workspace) {
                return Some((root, workspace));
            }
            workspace = self.work.wait(workspace).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Starts the threads.
pub(crate) fn start(shared: &Arc<Shared>) {
    for (name, work) in [("read", read as fn(&Shared)), ("try", try_out)] {
        let own = Arc::clone(shared);
        let started = thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES).spawn(move || work(&own));
        if let Err(error) = started {
            shared.send(Message::Log(format!("cannot start a thread: {error}")));
        }
    }
}

/// Days since 1970-01-01, where the policies apply: in China.
pub(crate) fn today() -> i64 {
    const AHEAD_SECONDS: u64 = 8 * 3600;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from((seconds + AHEAD_SECONDS) / 86_400).unwrap_or(0)
}

/// What there is to know of a policy now.
pub(crate) fn known(source: &Source, overlay: &Overlay, clock: u64) -> Known {
    let examined = examine(source, overlay);
    let names = examined.names(today());
    let text = |source: &Source| {
        let open = overlay.open.get(source.file()).filter(|open| open.as_str() == source.text());
        (source.file().to_owned(), open.cloned().unwrap_or_else(|| Arc::new(Text::new(source.text()))))
    };
    let texts: HashMap<String, Arc<Text>> = examined.sources().iter().map(text).collect();
    Known { examined, names, texts, clock }
}

fn read(shared: &Shared) {
    let latest = |workspace: &mut Workspace| {
        let changed = |root: &str| workspace.documents.get(split(root).0).map(|document| document.changed_at);
        // Of several policies in one file, the one that is being written goes first.
        let order = |root: &&String| (changed(root), workspace.focus.as_ref() == Some(*root));
        let root = workspace.outdated.iter().max_by_key(order).cloned()?;
        workspace.outdated.remove(&root);
        Some(root)
    };
    while let Some((root, workspace)) = shared.next(latest) {
        let Some(document) = workspace.documents.get(split(&root).0) else { continue };
        let source = Source::new(root.as_str(), document.text.as_str());
        let (overlay, clock) = (workspace.overlay(), workspace.clock);
        drop(workspace);
        let found = catch_unwind(AssertUnwindSafe(|| known(&source, &overlay, clock)));
        let mut workspace = shared.lock();
        let Ok(known) = found else {
            shared.send(Message::Log(format!("{root} cannot be analyzed; please report it")));
            continue;
        };
        let known = Arc::new(known);
        // Nothing is known of a document that was closed meanwhile.
        if let Some(state) = workspace.roots.get_mut(&root) {
            if known.examined.is_whole() {
                state.whole = Some(Arc::clone(&known));
            }
            state.latest = Some(known);
            workspace.untried.insert(root.clone());
            report::publish(&mut workspace, Some(split(&root).0), &|message| shared.send(message));
        }
        drop(workspace);
        shared.news.notify_waiters();
        shared.wake();
    }
}

fn try_out(shared: &Shared) {
    let any = |workspace: &mut Workspace| {
        // What changes all the time is not worth trying.
        if workspace.outdated.is_empty() { workspace.untried.pop_first() } else { None }
    };
    while let Some((root, workspace)) = shared.next(any) {
        let latest = workspace.roots.get(&root).and_then(|state| state.latest.clone());
        drop(workspace);
        let Some(known) = latest else { continue };
        let is_outdated = || {
            let workspace = shared.lock();
            let latest = workspace.roots.get(&root).and_then(|state| state.latest.as_ref());
            workspace.outdated.contains(&root) || latest.is_none_or(|latest| !Arc::ptr_eq(latest, &known))
        };
        let tried = catch_unwind(AssertUnwindSafe(|| known.examined.tried(&is_outdated)));
        let Ok(Some(tried)) = tried else { continue };
        let mut workspace = shared.lock();
        if let Some(state) = workspace.roots.get_mut(&root) {
            state.tried = Some((known.clock, tried));
            report::publish(&mut workspace, None, &|message| shared.send(message));
        }
        drop(workspace);
        shared.news.notify_waiters();
    }
}
