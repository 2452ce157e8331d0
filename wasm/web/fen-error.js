/** Why a host refuses a module, or a use of it. */

const MESSAGES = {
  invalid_module: { zh: "不是有效的 WebAssembly 模块", en: "this is not a valid WebAssembly module" },
  has_imports: { zh: "模块有导入项，拒绝载入", en: "the module imports something" },
  has_start: { zh: "模块带有启动函数，拒绝载入", en: "the module has a start function" },
  memory_missing: {
    zh: "模块没有导出名为 memory 的唯一内存",
    en: "the module does not export one memory named memory",
  },
  memory_64_bit: { zh: "模块的内存是 64 位的", en: "the module's memory is 64-bit" },
  memory_shared: { zh: "模块的内存是共享的", en: "the module's memory is shared" },
  memory_unbounded: { zh: "模块的内存没有上限", en: "the module's memory has no maximum" },
  data_misplaced: {
    zh: "模块的数据不在其内存的固定位置",
    en: "the module's data do not lie at constant places in its memory",
  },
  schema_missing: { zh: "模块中没有 fen.schema 段", en: "the module has no fen.schema section" },
  schema_invalid: { zh: "fen.schema 段的内容不合规定", en: "the fen.schema section is not as described" },
  codes_invalid: { zh: "fen.codes 段的内容不合规定", en: "the fen.codes section is not as described" },
  altered: { zh: "模块在编译后被改动过", en: "the module was altered after it was compiled" },
  abi_unknown: { zh: "模块接口的版本不是 3", en: "the module's interface version is not 3" },
  columns_overlap: { zh: "两列在内存中重叠", en: "two columns overlap in the memory" },
  column_outside_memory: { zh: "有一列超出内存", en: "a column leaves the memory" },
  bad_entry: { zh: "入口不是导出的 (i32) -> i32 函数", en: "the entry is not an exported function (i32) -> i32" },
  instantiation_failed: { zh: "模块无法启动", en: "the module cannot be instantiated" },
  settle_failed: { zh: "模块没有按接口规定结算", en: "the module did not settle as its interface requires" },
  parameter_unknown: { zh: "政策没有这一参数", en: "the policy has no such parameter" },
  parameter_invalid: { zh: "参数不能取此值", en: "this is no value of the parameter" },
  parameter_out_of_range: { zh: "参数超出范围", en: "the parameter is out of its range" },
  parameters_missing: { zh: "下列参数尚未设定", en: "these parameters have no value" },
  not_text: { zh: "单元格的值必须是文本", en: "a cell must be text" },
  column_given_twice: { zh: "同一列给出了两次", en: "a row gives one column twice" },
  needs_stream: {
    zh: "政策要对整批单据结算，不能逐行结算",
    en: "the policy settles streams of claims, not single rows",
  },
  rows_out_of_order: {
    zh: "各行没有按政策要求的日期排序",
    en: "the rows are not in order of the date that the policy orders them by",
  },
  total_out_of_range: { zh: "合计超出范围", en: "a total is out of its range" },
  state_invalid: { zh: "累计状态的内容不合规定", en: "the running state is not as described" },
  memory_full: { zh: "模块的内存不够存放累计数", en: "the module's memory has no room for more running values" },
  trace_missing: { zh: "模块不含计算过程说明", en: "the module does not tell how its results come about" },
  bad_column: {
    zh: "列缺失、过短，或含有装不下的值",
    en: "a column is missing, too short, or holds a value that does not fit",
  },
};

/** A refusal of this host. `code` is stable; `messages` says why in both languages. */
export class FenError extends Error {
  /**
   * @param {keyof typeof MESSAGES} code
   * @param {string} [detail] what was concerned: a column, a place in the schema, the engine's own words
   */
  constructor(code, detail) {
    const { zh, en } = MESSAGES[code];
    super(detail ? `${en}: ${detail}` : en);
    this.name = "FenError";
    this.code = code;
    /** @type {{zh: string, en: string}} */
    this.messages = { zh: detail ? `${zh}：${detail}` : zh, en: this.message };
  }
}
