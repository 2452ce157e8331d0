//! The programs in the book's guide for settlement engineers: documentation tests, in both languages.

#[doc = include_str!("../../docs/book/en/engineers.md")]
pub struct English;

#[doc = include_str!("../../docs/book/zh/engineers.md")]
pub struct Chinese;
