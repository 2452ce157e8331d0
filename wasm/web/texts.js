/** Every word of the page in both languages, and how it writes dates and units. */

const BROKEN_EN = `policy demo.surplus
title "A ladder with a gap"
in force from 2022-08-01
round half up to 0.01 yuan

input budget: money from 0 yuan to 100_000_000_000 yuan
input spent:  money from 0 yuan to 100_000_000_000 yuan

surplus = max(budget - spent, 0 yuan) as share of budget

surplus tier ..5%     -> retain 100%
surplus tier 5..10%   -> retain 70%, carry 30%
surplus tier 15%..    -> carry 100%

output retain
output carry
`;

const BROKEN_ZH = `政策 示范.结余
名称 "有缺口的分档"
施行 自 2022-08-01
取整 四舍五入 到 0.01元

输入 打包总额: 金额 自 0元 至 1000亿元
输入 实际支出: 金额 自 0元 至 1000亿元

结余 = 较大(打包总额 - 实际支出, 0元) 占 打包总额

结余 分档 ..5%     -> 留用 100%
结余 分档 5..10%   -> 留用 70%, 结转 30%
结余 分档 15%..    -> 结转 100%

输出 留用
输出 结转
`;

/** Texts of `index.html`'s `data-text` elements and of the parts `main.js` and `checker.js` build. */
export const TEXTS = {
  zh: {
    lead: "政策条文写成规则，编译为一个 WebAssembly 模块，由您的浏览器就地计算。所填数字不会发送到任何地方。",
    moduleChoice: "政策模块",
    moduleZh: "中文源文件",
    moduleEn: "英文源文件",
    source: "依据文件",
    inForce: "施行日期",
    inForceFrom: (day) => `自${day}起`,
    inForceUntil: (day) => `至${day}止`,
    always: "无期限",
    clause: "对应条款",
    invariants: "恒成立",
    digest: "源文件 SHA-256",
    compiler: "编译器",
    none: "未注明",
    casesHeading: "算例",
    casesCaption: (file, units) => `由 ${file} 在本浏览器中逐行结算${units && `，单位：${units}`}`,
    casesSummary: (settled, rejected) => `共 ${settled + rejected} 行：结算 ${settled} 行，拒收 ${rejected} 行。`,
    row: "行",
    empty: "空",
    yes: "是",
    no: "否",
    unknown: "不填",
    choose: "请选择",
    optional: "（可不填）",
    parametersHeading: "政策留待确定的参数",
    parametersLead: "文件没有给出下列数值；填写后才能计算。",
    parametersWanted: (labels) => `请先填写参数：${labels.join("、")}`,
    runningHeading: "本次以前的累计",
    runningLead: "同一周期内先前单据的情况；没有先前单据的，保持原样。",
    wholeLead: "本政策对整个周期的单据一并结算，不能单独试算一张单据。可以选一份 CSV 文件，首行为列名；文件只在本浏览器中读取。",
    wholeFile: "单据文件",
    firstRows: (count) => `前 ${count} 行`,
    csvUnreadable: (line) => (line > 0 ? `文件第 ${line} 行的单元格数与首行不同` : "文件中有未结束的引号"),
    rejected: "拒收",
    tryHeading: "自己试算",
    tryLead: "金额以元为单位，最多两位小数，不加千位分隔符。",
    range: (min, max, unit) => `${min} 至 ${max} ${unit}`,
    checkHeading: "检查一份政策",
    checkLead: "下面的分档漏了 10% 至 15% 一档。编译器不会替您猜测，而是指出缺口。改好后再检查一次。",
    checkSource: "政策源文件",
    checkAction: "检查",
    checkLoading: "正在载入编译器……",
    checkUnavailable: "编译器无法载入，此处不能检查政策。",
    checkFailed: "编译器未能完成检查。",
    checkClean: "没有发现问题。",
    checkCount: (count) => `发现 ${count} 个问题`,
    severity: { error: "错误", warning: "警告", advice: "提示" },
    line: (line) => `第 ${line} 行`,
    footer: "本页只作演示，不构成医保待遇的承诺；以主管部门发布的文件为准。",
    loadFailed: (file, why) => `${file} 无法载入：${why}`,
    unexpected: (why) => `页面出错：${why}`,
    http: (status) => `服务器答复 ${status}`,
    brokenPolicy: BROKEN_ZH,
  },
  en: {
    lead: "The notice is written as rules, compiled into one WebAssembly module, and computed here by your browser. The numbers you type are sent nowhere.",
    moduleChoice: "Policy module",
    moduleZh: "Chinese source",
    moduleEn: "English source",
    source: "Source document",
    inForce: "In force",
    inForceFrom: (day) => `from ${day}`,
    inForceUntil: (day) => `until ${day}`,
    always: "without limit",
    clause: "Clause",
    invariants: "Always holds",
    digest: "SHA-256 of the source",
    compiler: "Compiler",
    none: "not stated",
    casesHeading: "Worked cases",
    casesCaption: (file, units) => `Settled row by row in this browser by ${file}${units && `; in ${units}`}`,
    casesSummary: (settled, rejected) => `${settled + rejected} rows: ${settled} settled, ${rejected} rejected.`,
    row: "Row",
    empty: "empty",
    yes: "yes",
    no: "no",
    unknown: "not stated",
    choose: "choose…",
    optional: "(optional)",
    parametersHeading: "Parameters the policy leaves open",
    parametersLead: "The document does not give these values; nothing can be computed without them.",
    parametersWanted: (labels) => `Fill in the parameters first: ${labels.join(", ")}`,
    runningHeading: "Before this claim",
    runningLead: "What earlier claims of the same period came to; leave it as it is if there were none.",
    wholeLead: "This policy settles all claims of a period together; one claim by itself cannot be estimated. Choose a CSV file whose first line names the columns; it is read in this browser only.",
    wholeFile: "File of claims",
    firstRows: (count) => `First ${count} rows`,
    csvUnreadable: (line) => (line > 0 ? `line ${line} of the file has not as many cells as the first` : "a quotation in the file does not end"),
    rejected: "Rejected",
    tryHeading: "Try your own numbers",
    tryLead: "Amounts are in yuan with at most two decimals and no thousands separators.",
    range: (min, max, unit) => `${min} to ${max} ${unit}`,
    checkHeading: "Check a policy",
    checkLead: "The ladder below leaves out the tier from 10% to 15%. The compiler does not guess; it names the gap. Mend it and check again.",
    checkSource: "Policy source",
    checkAction: "Check",
    checkLoading: "Loading the compiler…",
    checkUnavailable: "The compiler could not be loaded, so policies cannot be checked here.",
    checkFailed: "The compiler could not finish the check.",
    checkClean: "No problems found.",
    checkCount: (count) => (count === 1 ? "1 problem found" : `${count} problems found`),
    severity: { error: "error", warning: "warning", advice: "advice" },
    line: (line) => `line ${line}`,
    footer: "This page is a demonstration and promises no benefit; the documents published by the authorities prevail.",
    loadFailed: (file, why) => `${file} could not be loaded: ${why}`,
    unexpected: (why) => `Something went wrong in this page: ${why}`,
    http: (status) => `the server answered ${status}`,
    brokenPolicy: BROKEN_EN,
  },
};

/** Units and what follows `per`, in Chinese. */
const UNITS = {
  ...{ yuan: "元", points: "点", point: "点", days: "天", day: "天", months: "个月", month: "月", years: "年", year: "年" },
  ...{ persons: "人", person: "人", cases: "例", case: "例", per: "每" },
};

/** A unit of the schema, such as `yuan per point`, as the reader calls it; words this page does not know stay. */
export function unitName(unit, language) {
  if (language === "en") return unit;
  const words = unit.split(" ");
  return words.map((word) => (Object.hasOwn(UNITS, word) ? UNITS[word] : word)).join("");
}

/** An ISO day such as `2022-08-01` in the reader's way. */
export function dayName(day, language) {
  const locale = language === "zh" ? "zh-CN" : "en-GB";
  return new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`));
}
