//! What the columns of a table of cases are.

use std::path::Path;

use fen_compiler::nearest;
use fen_schema::Column;

use crate::error::{Error, Outcome};

/// Words for the columns that a policy does not name, in both languages.
const TITLE: [&str; 2] = ["case", "用例"];
const STREAM: [&str; 2] = ["stream", "批次"];
const REJECTED: [&str; 3] = ["rejected", "拒收", "拒付"];
const NOTE: [&str; 3] = ["note", "备注", "说明"];
const SHEET: [&str; 2] = ["params from file", "参数取自文件"];

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Input(usize),
    Parameter(usize),
    Output(usize),
    /// What the case is called.
    Title,
    /// Rows with the same text here are one stream.
    Stream,
    /// Why the row is to be rejected.
    Rejected,
    /// The file with the parameters of the row.
    Sheet,
    /// For readers.
    Note,
}

/// The columns that a policy has.
pub(super) struct Columns<'a> {
    pub(super) inputs: &'a [Column],
    pub(super) parameters: &'a [Column],
    pub(super) outputs: &'a [Column],
    /// What the policy is called.
    pub(super) policy: &'a str,
    /// What values take from other claims.
    pub(super) from_others: &'a [&'a str],
    /// The places of a claim's id and of the id that a reversal takes back.
    pub(super) reversal: Option<(usize, usize)>,
}

impl<'a> Columns<'a> {
    fn all(&self) -> impl Iterator<Item = (Role, &'a Column)> + use<'a> {
        let inputs = self.inputs.iter().enumerate().map(|(at, column)| (Role::Input(at), column));
        let parameters = self.parameters.iter().enumerate().map(|(at, column)| (Role::Parameter(at), column));
        let outputs = self.outputs.iter().enumerate().map(|(at, column)| (Role::Output(at), column));
        inputs.chain(parameters).chain(outputs)
    }

    /// What a name stands for: a name of the policy, else a label in either language, else a word for cases.
    fn roles(&self, name: &str) -> Vec<Role> {
        if let Some((role, _)) = self.all().find(|(_, column)| column.name == name) {
            return vec![role];
        }
        let is_labelled = |column: &Column| column.label.zh == name || column.label.en == name;
        let labelled: Vec<Role> = self.all().filter(|(_, column)| is_labelled(column)).map(|(role, _)| role).collect();
        if !labelled.is_empty() {
            return labelled;
        }
        let words: [(&[&str], Role); 5] = [
            (&TITLE, Role::Title),
            (&STREAM, Role::Stream),
            (&REJECTED, Role::Rejected),
            (&SHEET, Role::Sheet),
            (&NOTE, Role::Note),
        ];
        let word = name.to_lowercase();
        words.into_iter().find(|(words, _)| words.contains(&word.as_str())).map(|(_, role)| role).into_iter().collect()
    }
}

/// The role of every column of a table; `None` for a column without a name, which must be empty.
pub(super) fn roles(header: &[&str], columns: &Columns<'_>, path: &Path) -> Outcome<Vec<Option<Role>>> {
    let mut roles: Vec<Option<Role>> = Vec::new();
    for name in header {
        if name.is_empty() {
            roles.push(None);
            continue;
        }
        let role = match columns.roles(name).as_slice() {
            [] if columns.from_others.contains(name) => return Err(computed(name, path)),
            [] => return Err(unknown(name, columns, path)),
            [role] => *role,
            _ => return Err(ambiguous(name, path)),
        };
        if role != Role::Note && roles.contains(&Some(role)) {
            return Err(twice(name, path));
        }
        roles.push(Some(role));
    }
    let is_there = |role: Role| roles.contains(&Some(role));
    let missing: Vec<&str> = columns
        .inputs
        .iter()
        .enumerate()
        .filter(|(at, input)| !input.optional && !is_there(Role::Input(*at)))
        .map(|(_, input)| input.name.as_str())
        .collect();
    if !missing.is_empty() {
        return Err(lacking(&missing, path));
    }
    if !roles.iter().flatten().any(|role| matches!(role, Role::Output(_) | Role::Rejected)) {
        return Err(expects_nothing(columns, path));
    }
    Ok(roles)
}

fn unknown(name: &str, columns: &Columns<'_>, path: &Path) -> Error {
    let path = path.display();
    let names: Vec<&str> = columns.all().map(|(_, column)| column.name.as_str()).collect();
    let labels = columns.all().flat_map(|(_, column)| [column.label.zh.as_str(), column.label.en.as_str()]);
    let words = TITLE.iter().chain(&STREAM).chain(&REJECTED).chain(&SHEET).chain(&NOTE).copied();
    let near = nearest(name, names.iter().copied().chain(labels).chain(words));
    let (hint_en, hint_zh) =
        near.map_or_else(Default::default, |near| (format!("; did you mean `{near}`?"), format!("；是否指“{near}”？")));
    let (en, zh) = (names.join(", "), names.join("、"));
    Error::new(
        "fen::cases::unknown_column",
        format!(
            "{path}: the column `{name}` is no input, parameter or output of the policy{hint_en} There are: {en}; and \
             `case`, `stream`, `rejected`, `params from file`, `note`"
        ),
        format!(
            "{path}：“{name}”列不是该政策的输入、参数或输出{hint_zh} 可用的列：{zh}；以及“用例”“批次”“拒收”“参数取自文件”“备注”"
        ),
    )
}

fn computed(name: &str, path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::computed_column",
        format!(
            "{path}: `{name}` comes from other claims, and a table has them: leave the column out and write the claims \
             before and after as rows, or write an `example`, which can give a running value"
        ),
        format!(
            "{path}：“{name}”取自其他单据，表中已有这些单据：请删去该列，将前后单据写成各行；或改写“示例”，示例可直接给定累计值"
        ),
    )
}

fn ambiguous(name: &str, path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::ambiguous_column",
        format!("{path}: `{name}` is the label of several columns of the policy; use the name instead"),
        format!("{path}：“{name}”是政策中几个列共有的标签，请改用名称"),
    )
}

fn twice(name: &str, path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::column_twice",
        format!("{path}: the column `{name}` is there twice, by its name or label; leave one"),
        format!("{path}：“{name}”列（按名称或标签）出现两次，请只保留一列"),
    )
}

fn lacking(missing: &[&str], path: &Path) -> Error {
    let path = path.display();
    Error::new(
        "fen::cases::missing_column",
        format!("{path} has no column for {}; a case gives every input that is not optional", missing.join(", ")),
        format!("{path} 缺少 {} 列；用例须给出每个必填的输入", missing.join("、")),
    )
}

fn expects_nothing(columns: &Columns<'_>, path: &Path) -> Error {
    let path = path.display();
    let outputs: Vec<&str> = columns.outputs.iter().map(|output| output.name.as_str()).collect();
    Error::new(
        "fen::cases::nothing_expected",
        format!("{path} expects nothing: add a column for an output ({}) or `rejected`", outputs.join(", ")),
        format!("{path} 没有应得结果：请增加输出列（{}）或“拒收”列", outputs.join("、")),
    )
}
