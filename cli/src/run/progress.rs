//! How far a run has come, on a terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The longest record that is read. A quote that is never closed would make the rest of the file one record.
pub(crate) const MAX_RECORD_BYTES: u64 = 16 << 20;

/// Counts bytes of the input; draws a bar on standard error if that is a terminal.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    since_record: Arc<AtomicU64>,
}

impl Progress {
    /// For all bytes that will be read, in all passes; a stream has no known size.
    pub(crate) fn new(size: Option<u64>) -> Self {
        let bar = match size {
            Some(size) => ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr_with_hz(4)),
            None => ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4)),
        };
        let template = match size {
            Some(_) => "{bar:32} {percent:>3}% {bytes}/{total_bytes} {eta}",
            None => "{spinner} {bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar, since_record: Arc::default() }
    }

    /// Bytes were read; false if no record ended for too long.
    pub(crate) fn read(&self, bytes: u64) -> bool {
        self.bar.inc(bytes);
        self.since_record.fetch_add(bytes, Ordering::Relaxed) + bytes <= MAX_RECORD_BYTES
    }

    /// A record has ended.
    pub(crate) fn record(&self) {
        self.since_record.store(0, Ordering::Relaxed);
    }

    /// Removes the bar.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
