//! Checked program to trace: the kernel that tells how a row's results come about, and what its cells mean.
//!
//! Every phase gets a second kernel, lowered from the same program, whose further outputs are the values of definitions and
//! of their parts. Here is said which parts these are, and described for the section `fen.trace` what they mean. It is done
//! only when a module is written: checking and testing a policy do not need it.

mod clauses;
pub(crate) mod kinds;
mod nodes;
mod origins;
mod tables;
mod texts;
mod written;

use fen_grammar::diagnostic::Text;
use fen_grammar::source::Sources;
use fen_grammar::tree::RoundingMode;
use fen_schema::Layout;
use fen_schema::trace::{Definition, Import, ImportSource, Point, TraceCell, TraceClause, TraceOutput, TraceRounding};

use self::clauses::Clauses;
use self::kinds::Kinds;
use self::nodes::Nodes;
use self::texts::Texts;
use crate::check::program as check;
use crate::check::program::{Body, Choice, Expr, ExprKind, Program, Rounding, Value};
use crate::check::types::Type;
use crate::ids::{Symbol, ValueId};
use crate::lower::ir::Kernel;
use crate::lower::tracing::{Spot, Tracing, Untold};
use crate::phases::{Cut, Export, Phase, Reads, Source};

/// The trace of a policy, apart from where its cells lie.
pub(crate) struct Traced {
    pub(crate) kinds: Vec<fen_schema::trace::Kind>,
    pub(crate) clauses: Vec<TraceClause>,
    /// By input of the schema.
    pub(crate) input_kinds: Vec<u32>,
    pub(crate) parameter_kinds: Vec<u32>,
    pub(crate) tables: Vec<fen_schema::trace::TraceTable>,
    pub(crate) ladders: Vec<fen_schema::trace::TraceLadder>,
    pub(crate) phases: Vec<TracedPhase>,
}

/// The trace of a phase.
pub(crate) struct TracedPhase {
    /// What the second entry is: the phase without records, whose last outputs are the cells of the trace.
    pub(crate) phase: Phase,
    /// How many outputs are those of the phase itself.
    pub(crate) results: usize,
    /// Their cells are placed later.
    pub(crate) imports: Vec<Import>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) outputs: Vec<TraceOutput>,
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Detail {
    /// Definitions and their parts.
    Parts,
    /// Definitions, and what they read.
    Definitions,
}

/// The trace of a policy; nothing if it would be larger than engines can compile.
pub(crate) fn trace(program: &Program, cut: &Cut, sources: &Sources) -> Option<Traced> {
    let all = |detail: Detail| {
        let mut tracer = Tracer {
            program,
            texts: Texts::new(sources),
            kinds: Kinds::new(program),
            clauses: Clauses::new(program),
            keys: vec![Vec::new(); program.tables.len()],
        };
        let phases = cut.phases.iter().map(|phase| tracer.phase(phase, detail)).collect::<Result<Vec<_>, _>>().ok()?;
        let ladders = tracer.ladders();
        let tables = tracer.tables();
        let columns = program.inputs.iter().filter(|input| input.origin == check::Origin::Column);
        let input_kinds = columns.map(|input| tracer.kinds.of_input(input)).collect();
        let parameter_kinds = program.parameters.iter().map(|parameter| tracer.kinds.of(parameter.ty)).collect();
        let (kinds, clauses) = (tracer.kinds.into_list(), tracer.clauses.into_list());
        Some(Traced { kinds, clauses, input_kinds, parameter_kinds, tables, ladders, phases })
    };
    all(Detail::Parts).or_else(|| all(Detail::Definitions))
}

struct Tracer<'a> {
    program: &'a Program,
    texts: Texts<'a>,
    kinds: Kinds<'a>,
    clauses: Clauses<'a>,
    /// By table: the types of its keys, as far as it is looked up, and whether they are ages.
    keys: Vec<Vec<(Type, bool)>>,
}

impl Tracer<'_> {
    fn phase(&mut self, phase: &Phase, detail: Detail) -> Result<TracedPhase, Untold> {
        let own = phase.program.as_deref().unwrap_or(self.program);
        let extended = tables::with_places_of_rows(own);
        let mut tracing = Tracing::new(&extended, &phase.required)?;
        let order: Vec<ValueId> = own.order.clone();
        let mut definitions = Vec::new();
        let mut left = nodes::MOST_NODES;
        for id in &order {
            let Some(value) = own.value(*id) else { continue };
            let mut nodes = Nodes { tracer: self, own, order: &order, tracing: &mut tracing, detail, left: &mut left };
            let how = nodes.body(*id, value)?;
            let exact = point(tracing.exact(*id)?);
            let settled = point(tracing.symbol(Symbol::Value(*id))?);
            definitions.push(self.definition(own, *id, value, (exact, settled), how));
        }
        let place = |id: ValueId| order.iter().position(|known| *known == id).and_then(|at| u32::try_from(at).ok());
        let results = phase.outputs.iter().filter(|output| output.is_column).count();
        let outputs = own.outputs.iter().take(results).map(|output| {
            let definition = place(output.value).ok_or(Untold)?;
            Ok(TraceOutput { definition, present: output.present.and_then(place) })
        });
        let outputs = outputs.collect::<Result<_, Untold>>()?;
        let imports = self.imports(phase);
        let phase = second(phase, results, tracing.finish(results)?);
        Ok(TracedPhase { phase, results, imports, definitions, outputs })
    }

    fn definition(
        &mut self,
        own: &Program,
        id: ValueId,
        value: &Value,
        (exact, settled): (Point, Point),
        how: fen_schema::trace::Node,
    ) -> Definition {
        let output = self.program.outputs.iter().find(|output| output.value == id && id.0 < self.program.values.len());
        let label = output.map(|output| output.label.clone());
        let is_named = self.texts.is_named(value.span, &value.name);
        let mut citations = self.clauses.of_rule(&value.name);
        let text = match &value.body {
            Body::Expr(expr) => {
                let choice = choice(own, expr);
                let row = choice.and_then(|choice| choice.alternatives.iter().find_map(|one| one.row));
                citations.extend(row.map(|row| self.clauses.of_ladder(row)).unwrap_or_default());
                if is_named { self.texts.item(value.span) } else { self.texts.line(expr.span) }
            }
            Body::Share { ladder, .. } | Body::Remainder { ladder } => {
                citations.extend(self.clauses.of_tiers(*ladder));
                String::new()
            }
        };
        citations.dedup();
        // What the compiler names itself is called as it is written.
        let is_written = !is_named && label.is_none() && !text.is_empty();
        let name = if is_written { text.clone() } else { value.name.clone() };
        Definition {
            label: kinds::text(&label.unwrap_or_else(|| Text::new(&*name, &*name))),
            kind: self.kinds.of(value.ty),
            name,
            text,
            citations,
            exact,
            rounding: value.rounding.as_ref().map(rounding),
            value: settled,
            how,
        }
    }

    fn imports(&mut self, phase: &Phase) -> Vec<Import> {
        let mut given = 0;
        let mut kept = 0;
        let records = phase.tables.iter().flat_map(|table| &table.cells);
        let places: Vec<usize> = records.map(|cell| cell.input).collect();
        let import = |(at, import): (usize, &crate::phases::Import)| {
            let source = match import.source {
                Source::Record { .. } => {
                    let record = places.iter().position(|input| *input == at).unwrap_or(kept);
                    kept += 1;
                    ImportSource::Record { record: u32::try_from(record).unwrap_or(u32::MAX) }
                }
                _ => {
                    given += 1;
                    ImportSource::Input { input: given - 1 }
                }
            };
            let input = &import.input;
            Import {
                name: input.name.clone(),
                label: kinds::text(&input.label),
                kind: self.kinds.of_input(input),
                scale: input.scale,
                optional: input.is_optional,
                cell: TraceCell { layout: Layout::I64, offset: 0 },
                source,
                origin: origins::origin(self.program, &self.texts, &input.origin),
            }
        };
        phase.inputs.iter().enumerate().map(import).collect()
    }
}

/// The second entry of a phase: running values are inputs like others, what is told are outputs.
fn second(phase: &Phase, results: usize, kernel: Kernel) -> Phase {
    let mut second = Phase { kernel, program: None, tables: Vec::new(), ..phase.clone() };
    for import in &mut second.inputs {
        if matches!(import.source, Source::Record { .. }) {
            import.source = Source::Total(0);
        }
    }
    second.outputs.truncate(results);
    let told = second.kernel.outputs.len().saturating_sub(results);
    second.outputs.extend((0..told).map(|at| Export {
        name: format!("cell {at}"),
        label: Text::new("", ""),
        ty: Type::NUMBER,
        scale: 0,
        is_optional: false,
        is_column: true,
        uses: Vec::new(),
        reads: Reads::default(),
    }));
    second
}

/// What is known of the alternatives of a choice.
fn choice<'p>(program: &'p Program, expr: &Expr) -> Option<&'p Choice> {
    let ExprKind::Cases(cases, _) = &expr.kind else { return None };
    let (first, _) = cases.first()?;
    let count = cases.len() + 1;
    let is_it =
        |choice: &&Choice| choice.span == expr.span && choice.first == first.span && choice.alternatives.len() == count;
    program.choices.iter().find(is_it)
}

impl Program {
    /// The name of an input, a parameter or a value.
    fn name_of(&self, symbol: Symbol) -> Option<String> {
        Some(match symbol {
            Symbol::Input(id) => self.input(id)?.name.clone(),
            Symbol::Parameter(id) => self.parameter(id)?.name.clone(),
            Symbol::Value(id) => self.value(id)?.name.clone(),
        })
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn rounding(rounding: &Rounding) -> TraceRounding {
    let mode = match rounding.mode {
        RoundingMode::HalfUp => "half_up",
        RoundingMode::HalfEven => "half_even",
        RoundingMode::Down => "down",
        RoundingMode::Up => "up",
    };
    TraceRounding { mode: mode.to_owned(), step: rounding.step.to_string() }
}

fn point(spot: Spot) -> Point {
    match spot {
        Spot::Constant(value) => Point::Constant(value.to_string()),
        Spot::Cell { cell, step, under: None } => Point::Cell(number(cell), step.to_string()),
        Spot::Cell { cell, step, under: Some(under) } => Point::Quotient(number(cell), step.to_string(), number(under)),
    }
}

#[cfg(test)]
mod tests;
