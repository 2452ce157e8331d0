//! What texts stand for in the columns of a schema: cells of claims, values of parameters, files of parameters. Compiler,
//! runtime and command read them here, so that one text means one thing.

mod amount;
mod cell;
mod date;
mod describe;
mod file;
mod parameter;
mod units;

pub use amount::fit;
pub use cell::{Cell, bound, bound_text, format_cell, parse_cell, place, trim};
pub use date::{date_of, day_of, days_of};
pub use describe::{describe, names};
pub use file::{FileError, Given, Mistake, Setting, assigned, settings};
pub use parameter::{ParameterError, find, read, unknown};
pub use units::{in_chinese, shifted, split_unit};
