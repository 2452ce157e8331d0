//! Claims made up at random, the same ones in every run.

use std::sync::Arc;

use arrow_array::types::Int8Type;
use arrow_array::{ArrayRef, Decimal64Array, DictionaryArray, Int8Array, RecordBatch, StringArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};

/// Of each stream.
pub(crate) const CLAIMS: usize = 10_000_000;
/// Rows of a batch.
pub(crate) const BATCH: usize = 65_536;

/// Numbers that look random.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number from 0 to less than the bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((u128::from(mixed ^ (mixed >> 31)) * u128::try_from(bound).unwrap()) >> 64).unwrap()
    }

    /// Likewise, as the type that is wanted.
    pub(crate) fn of<T: TryFrom<usize>>(&mut self, bound: usize) -> T
    where
        T::Error: std::fmt::Debug,
    {
        T::try_from(self.below(bound)).unwrap()
    }

    pub(crate) fn is_one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

/// The claims in batches; `batch` makes one of as many rows as it is told.
pub(crate) fn batches(mut batch: impl FnMut(usize) -> RecordBatch) -> Vec<RecordBatch> {
    (0..CLAIMS).step_by(BATCH).map(|start| batch(BATCH.min(CLAIMS - start))).collect()
}

/// A column of decimals.
pub(crate) fn decimal(steps: Vec<i64>, nulls: Option<NullBuffer>, scale: i8) -> ArrayRef {
    let array = Decimal64Array::new(ScalarBuffer::from(steps), nulls);
    Arc::new(array.with_precision_and_scale(18, scale).unwrap())
}

/// A column of names, as places in a list of them.
pub(crate) fn names(keys: Int8Array, values: &[&str]) -> ArrayRef {
    Arc::new(DictionaryArray::<Int8Type>::new(keys, Arc::new(StringArray::from_iter_values(values))))
}
