//! What a runtime refuses, in Chinese and English.

use fen_schema::Text;

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
    /// The module broke its promise: it trapped, or its answer makes no sense.
    Module(String),
}

impl SettleError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingColumn(_) => "fen::batch::missing_column",
            Self::ColumnType { .. } => "fen::batch::column_type",
            Self::Module(_) => "fen::batch::module",
        }
    }

    /// What is wrong, for people.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
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
