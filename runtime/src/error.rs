//! What a runtime refuses, in Chinese and English.

use fen_schema::{Column, Text};

use fen_values::describe;

/// Why a module is refused. Nothing of it has run then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
#[non_exhaustive]
pub enum LoadError {
    /// Not a WebAssembly module, cut off, or altered so that it is none any more.
    NotAModule(String),
    /// It wants something from its host.
    Imports(String),
    /// It would run something as soon as it is instantiated.
    StartFunction,
    /// Its memory is not what the interface demands.
    Memory(MemoryFault),
    /// It has no schema.
    NoSchema,
    /// Its schema cannot be read or contradicts the module.
    DamagedSchema(String),
    /// Its code is not the code that its schema was written for.
    Altered,
    /// It follows another version of the interface.
    AbiVersion(u32),
    /// The policy looks beyond the row at hand: batches cannot be settled on their own.
    NeedsStream,
    /// It does not tell how results come about.
    NoTrace,
    /// The machine refused to compile or instantiate it.
    Engine(String),
}

/// What is wrong with a memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemoryFault {
    /// None, more than one, or not exported as `memory`.
    Missing,
    /// Without a maximum.
    Unbounded,
    /// Shared or 64-bit.
    Kind,
    /// Data that are not put into it at a constant place when the module is loaded, or do not fit.
    Data,
}

impl LoadError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAModule(_) => "fen::module::not_a_module",
            Self::Imports(_) => "fen::module::imports",
            Self::StartFunction => "fen::module::start_function",
            Self::Memory(_) => "fen::module::memory",
            Self::NoSchema => "fen::module::no_schema",
            Self::DamagedSchema(_) => "fen::module::damaged_schema",
            Self::Altered => "fen::module::altered",
            Self::AbiVersion(_) => "fen::module::abi_version",
            Self::NeedsStream => "fen::module::needs_stream",
            Self::NoTrace => "fen::module::no_trace",
            Self::Engine(_) => "fen::module::engine",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        let text = |en: String, zh: String| Text { zh, en };
        match self {
            Self::NotAModule(why) => text(
                format!("this is not a complete WebAssembly module; it may be cut off or altered ({why})"),
                format!("不是完整的 WebAssembly 模块，可能被截断或改动（{why}）"),
            ),
            Self::Imports(what) => text(
                format!("the module imports {what}; a policy imports nothing"),
                format!("模块引入了 {what}；政策模块不得引入任何内容"),
            ),
            Self::StartFunction => text(
                "the module runs something when it is loaded; a policy does not".into(),
                "模块在载入时即会运行；政策模块不得如此".into(),
            ),
            Self::Memory(MemoryFault::Missing) => {
                text("the module does not export one memory".into(), "模块未导出唯一的内存".into())
            }
            Self::Memory(MemoryFault::Unbounded) => {
                text("the module's memory has no maximum".into(), "模块的内存没有上限".into())
            }
            Self::Memory(MemoryFault::Kind) => {
                text("the module's memory is shared or 64-bit".into(), "模块的内存是共享的或 64 位的".into())
            }
            Self::Memory(MemoryFault::Data) => text(
                "the module's data do not lie at constant places in its memory".into(),
                "模块的数据不在其内存的固定位置".into(),
            ),
            Self::NoSchema => text(
                "the module has no section `fen.schema`; it was not compiled by Fen".into(),
                "模块没有 fen.schema 段，不是由 Fen 编译的".into(),
            ),
            Self::DamagedSchema(why) => {
                text(format!("the module's schema is damaged: {why}"), format!("模块的结构说明已损坏：{why}"))
            }
            Self::Altered => text("the module was altered after it was compiled".into(), "模块在编译后被改动过".into()),
            Self::AbiVersion(found) => text(
                format!(
                    "the module follows interface version {found}; this runtime knows version {}",
                    fen_schema::ABI_VERSION
                ),
                format!("模块的接口版本为 {found}，本程序支持的版本为 {}", fen_schema::ABI_VERSION),
            ),
            Self::NeedsStream => text(
                "the policy looks beyond the row at hand; settle its rows with `Stream`, not with `Session`".into(),
                "该政策的计算涉及多行数据，请用 Stream 结算，不能用 Session".into(),
            ),
            Self::NoTrace => text(
                "the module does not tell how its results come about; it was compiled without, or is too large for it"
                    .into(),
                "该模块不含计算过程说明：编译时未生成，或政策规模过大".into(),
            ),
            Self::Engine(why) => {
                text(format!("the module could not be prepared to run: {why}"), format!("模块无法准备运行：{why}"))
            }
        }
    }
}

/// Why a batch could not be settled. No row of it counts as settled then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text().en)]
#[non_exhaustive]
pub enum SettleError {
    /// The policy leaves these parameters open and none was given for them. Nothing was written to the module.
    MissingParameters(Vec<Column>),
    /// The batch lacks an input column.
    MissingColumn(String),
    /// A column is of a type that does not hold its amounts exactly.
    ColumnType {
        /// The column.
        column: String,
        /// The Arrow type it should have.
        expected: String,
        /// The Arrow type it has.
        found: String,
    },
    /// The codes and ids of a batch have more different texts than there are numbers for them.
    TooManyTexts,
    /// The module broke its promise: it trapped, or its answer makes no sense.
    Module(String),
}

impl SettleError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingParameters(_) => "fen::parameter::missing",
            Self::MissingColumn(_) => "fen::batch::missing_column",
            Self::ColumnType { .. } => "fen::batch::column_type",
            Self::TooManyTexts => "fen::batch::too_many_texts",
            Self::Module(_) => "fen::batch::module",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::MissingParameters(columns) => {
                let described = columns.iter().map(|column| (&column.name, describe(column)));
                let (en, zh): (Vec<_>, Vec<_>) = described
                    .map(|(name, of)| (format!("`{name}` ({})", of.en), format!("“{name}”（{}）", of.zh)))
                    .unzip();
                Text {
                    en: format!("these parameters have no value: {}", en.join(", ")),
                    zh: format!("下列参数尚未设定：{}", zh.join("、")),
                }
            }
            Self::TooManyTexts => Text {
                en: "the batch has too many different codes and ids; give fewer rows at a time".into(),
                zh: "本批数据中不同的编码与标识过多，请减少每批行数".into(),
            },
            Self::MissingColumn(name) => Text {
                en: format!("the claims have no column `{name}`"),
                zh: format!("数据中没有“{name}”列"),
            },
            Self::ColumnType { column, expected, found } => Text {
                en: format!("column `{column}` is {found}; it must be {expected}"),
                zh: format!("“{column}”列的类型是 {found}，应为 {expected}"),
            },
            Self::Module(why) => {
                Text { en: format!("the module failed: {why}"), zh: format!("模块运行出错：{why}") }
            }
        }
    }
}
