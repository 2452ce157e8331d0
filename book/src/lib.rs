//! The book in `docs/`: its pages in Chinese and English, what stands in their blocks, and the site made of them.
//!
//! Tests use the first half ([`Book`], [`blocks`]) to run whatever a page shows; `cargo xtask book` uses the second
//! ([`write_site`]) to make a folder of HTML files that need no server and nothing from elsewhere.

mod blocks;
mod halves;
mod highlight;
mod html;
mod links;
mod pages;
mod site;
mod slug;

pub use blocks::{Block, Kind, blocks};
pub use links::dead_links;
pub use pages::{Book, Language, Page};
pub use site::write_site;
