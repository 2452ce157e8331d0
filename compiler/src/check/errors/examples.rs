//! What can be wrong with examples and invariants.

use fen_grammar::diagnostic::{Diagnostic, Label, Problem, Text};
use fen_grammar::source::Span;
use fen_grammar::tree::Name;
use fen_values::{FileError, ParameterError};
use num_rational::BigRational;

use super::{error, t};
use crate::check::program::Program;
use crate::check::types::decimal;
use crate::interpret::Rejection;

/// What a line of an example does wrong.
pub(in crate::check) enum SettingProblem {
    NotAnInput,
    NotAnOutput,
    Twice,
    /// Only optional inputs may be missing.
    NotOptional,
    /// The step it should be a multiple of.
    TooFine(BigRational),
}

/// A line of an example that cannot be used.
pub(in crate::check) struct ExampleSetting {
    name: Name,
    problem: SettingProblem,
}

impl ExampleSetting {
    pub(in crate::check) fn new(name: &Name, problem: SettingProblem) -> Self {
        Self { name: name.clone(), problem }
    }
}

impl Problem for ExampleSetting {
    const CODE: &'static str = "fen::example::setting";

    fn message(&self) -> Text {
        let name = &self.name.text;
        match &self.problem {
            SettingProblem::NotAnInput => Text::new(
                format!("`{name}` is neither an input nor a required parameter, so that it cannot be given"),
                format!("“{name}”不是输入，也不是待定参数，不能给定"),
            ),
            SettingProblem::NotAnOutput => Text::new(
                format!("`{name}` is not an output, so that nothing can be expected of it"),
                format!("“{name}”不是输出，不能作为应得结果"),
            ),
            SettingProblem::Twice => {
                Text::new(format!("`{name}` stands twice in this example"), format!("“{name}”在本例中重复"))
            }
            SettingProblem::NotOptional => Text::new(format!("`{name}` cannot be missing"), format!("“{name}”不能缺")),
            SettingProblem::TooFine(step) => {
                let step = decimal(step, 0);
                Text::new(
                    format!("`{name}` has at most the decimals of {step}"),
                    format!("“{name}”的小数位数不得多于 {step}"),
                )
            }
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.name.span, "in this example", "本例此处")]
    }

    fn help(&self) -> Option<Text> {
        match &self.problem {
            SettingProblem::NotAnInput => {
                Some(Text::new("give inputs and required parameters only", "只能给定输入与待定参数"))
            }
            SettingProblem::NotAnOutput => {
                Some(Text::new("declare it with `output`, or expect an output", "请将其列为输出，或改为某项输出"))
            }
            SettingProblem::NotOptional => Some(Text::new(
                "declare the input as `optional`, or give it a value",
                "请将该输入声明为“可缺”，或给定数值",
            )),
            SettingProblem::Twice | SettingProblem::TooFine(_) => None,
        }
    }
}

/// A given value that the policy itself would reject.
pub(in crate::check) struct ExampleOutOfRange {
    pub(in crate::check) span: Span,
    pub(in crate::check) name: String,
    pub(in crate::check) range: (Text, Text),
}

impl Problem for ExampleOutOfRange {
    const CODE: &'static str = "fen::example::out_of_range";

    fn message(&self) -> Text {
        let name = &self.name;
        Text::new(format!("`{name}` is outside its declared range"), format!("“{name}”超出所声明的范围"))
    }

    fn labels(&self) -> Vec<Label> {
        let (low, high) = &self.range;
        vec![Label::new(
            self.span,
            format!("must lie from {} to {}", low.en, high.en),
            format!("应在{}至{}之间", low.zh, high.zh),
        )]
    }
}

/// An example that does not give every input.
pub(in crate::check) struct MissingInput {
    pub(in crate::check) span: Span,
    pub(in crate::check) names: Vec<String>,
    /// The file of parameters that the example names.
    pub(in crate::check) file: Option<String>,
}

impl Problem for MissingInput {
    const CODE: &'static str = "fen::example::missing_input";

    fn message(&self) -> Text {
        let (en, zh) = (self.names.join(", "), self.names.join("、"));
        match &self.file {
            None => Text::new(format!("the example does not give {en}"), format!("示例未给定{zh}")),
            Some(file) => {
                Text::new(format!("neither the example nor `{file}` gives {en}"), format!("示例与“{file}”均未给定{zh}"))
            }
        }
    }

    fn labels(&self) -> Vec<Label> {
        vec![Label::new(self.span, "this example", "此示例")]
    }
}

/// Something wrong in a file of parameters, which an example names at `named`. `stated` is where the policy itself has the
/// parameter's value.
pub(in crate::check) fn sheet(mistake: &FileError, place: Span, named: Span, stated: Option<Span>) -> Diagnostic {
    let text = mistake.text();
    let message = match mistake {
        FileError::Parameter(ParameterError::Unknown { name, .. }) if stated.is_some() => t(
            format!("`{name}` is not left open: the policy itself states it"),
            format!("“{name}”并非待定：政策自身已写明"),
        ),
        _ => t(text.en, text.zh),
    };
    let here = match mistake {
        FileError::NotToml(_) => t("cannot be read here", "此处无法读取"),
        FileError::Twice { .. } => t("once more", "再次出现"),
        FileError::Parameter(ParameterError::Unknown { .. }) if stated.is_some() => t("not left open", "并非待定"),
        FileError::Parameter(ParameterError::Unknown { .. }) => t("no such parameter", "没有此参数"),
        _ => t("this value", "此值"),
    };
    let found = error(mistake.code(), message, place, here);
    let found = match stated {
        Some(stated) => {
            found.with_label(stated, t("the policy has its value here", "政策在此写明其取值")).with_help(t(
                "a file gives values of required parameters only; take the line out, or amend the policy",
                "参数文件只给出待定参数；请删去此行，或修订政策",
            ))
        }
        None => found,
    };
    found.with_label(named, t("the file is named here", "在此引用该文件"))
}

/// An example whose outcome is another one.
pub(in crate::check) struct ExampleFailed {
    pub(in crate::check) title: String,
    pub(in crate::check) span: Span,
    /// Place, name, expected and actual value.
    pub(in crate::check) differences: Vec<(Span, String, Text, Text)>,
}

impl Problem for ExampleFailed {
    const CODE: &'static str = "fen::example::failed";

    fn message(&self) -> Text {
        Text::new(
            format!("example \"{}\": the policy gives another result", self.title),
            format!("示例“{}”：按政策计算的结果不同", self.title),
        )
    }

    fn labels(&self) -> Vec<Label> {
        let mut labels: Vec<Label> = self
            .differences
            .iter()
            .map(|(span, name, _, actual)| {
                Label::new(*span, format!("`{name}` comes to {}", actual.en), format!("“{name}”实为{}", actual.zh))
            })
            .collect();
        labels.push(Label::new(self.span, "in this example", "在此示例中"));
        labels
    }
}

/// An invariant that a claim violates.
pub(in crate::check) struct InvariantViolated {
    pub(in crate::check) span: Span,
    pub(in crate::check) claim: Text,
    /// What the two sides of a comparison come to.
    pub(in crate::check) sides: Option<(Text, Text)>,
}

impl Problem for InvariantViolated {
    const CODE: &'static str = "fen::always::violated";

    fn message(&self) -> Text {
        Text::new(
            format!("this does not always hold: for example with {}", self.claim.en),
            format!("此项并非恒成立，例如：{}", self.claim.zh),
        )
    }

    fn labels(&self) -> Vec<Label> {
        vec![match &self.sides {
            Some((left, right)) => Label::new(
                self.span,
                format!("left side {}, right side {}", left.en, right.en),
                format!("左边为{}，右边为{}", left.zh, right.zh),
            ),
            None => Label::new(self.span, "false for this claim", "此案例不成立"),
        }]
    }
}

pub(in crate::check) fn example_not_rejected(title: &str, span: Span) -> Diagnostic {
    let message =
        t(format!("example \"{title}\": the claim is settled, not rejected"), format!("示例“{title}”：该案例未被拒收"));
    error("fen::example::failed", message, span, t("in this example", "在此示例中"))
}

pub(in crate::check) fn example_rejected(
    title: &str,
    span: Span,
    program: &Program,
    rejection: Rejection,
) -> Diagnostic {
    let why = reason(program, rejection);
    let message = t(
        format!("example \"{title}\": the claim is rejected: {}", why.en),
        format!("示例“{title}”：该案例被拒收：{}", why.zh),
    );
    let help = match rejection {
        Rejection::UnknownCode(_) if !program.required.is_empty() => t(
            "what depends on totals, splits or, with fee lines, earlier claims needs all its look-ups, whatever conditions stand before them; for a code that may be missing define the look-up by itself, `found = when code in table : table[code]  otherwise : …`, or write `expect rejected`",
            "凡取决于总计、分配或（明细政策中）先前单据的量，其中的查表一律需要，不论前面有何条件；编码可能不在表中的，请将查表另立一条：查得 = 当 编码 属于 表 : 表[编码] 其余 : …；若本应拒收，请写“应得 拒收”",
        ),
        _ => t("if it should be, write `expect rejected`", "若本应如此，请写“应得 拒收”"),
    };
    error("fen::example::failed", message, span, t("in this example", "在此示例中")).with_help(help)
}

/// Why a claim by itself is rejected.
fn reason(program: &Program, rejection: Rejection) -> Text {
    let (_, column) = rejection.named(program);
    match rejection {
        Rejection::UnknownCode(site) => {
            let table = program.sites.get(site.0).and_then(|site| program.table(site.table));
            let table = table.map(|table| table.name.as_str()).unwrap_or_default();
            t(format!("`{column}` is in no row of `{table}`"), format!("“{column}”不在表“{table}”中"))
        }
        Rejection::NoWeights(_) => t(
            format!("all weights of the split `{column}` are zero, and its amount is not"),
            format!("分配“{column}”的权数全为零，而金额不为零"),
        ),
        Rejection::BeforeInForce | Rejection::AfterInForce => {
            t(format!("`{column}` lies outside the period in force"), format!("“{column}”不在施行期内"))
        }
        _ => t(format!("`{column}` is not admitted"), format!("“{column}”的取值不被接受")),
    }
}
