//! Puts what was written in an order in which everything comes after what it reads.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::value::csr::Csr;
use crate::value::ids::{Id, IdVec, to_u32};

use crate::cohort::assembler::Assembler;
use crate::cohort::machine::{Block, BlockId, Cell, Extent, Op, Stretch};
use crate::cohort::rules::Rules;

/// The blocks in topological order of their strongly connected components, with their operations laid out in that
/// order, too.
pub(crate) fn in_order(mut rules: Rules, assembler: &Assembler, blocks: IdVec<BlockId, Block>) -> Rules {
    let machine = &mut rules.machine;
    machine.cells = assembler.cells();
    let mut writer: IdVec<Cell, Option<BlockId>> = IdVec::filled(None, machine.cells);
    for (id, block) in blocks.entries() {
        block.outputs.iter().for_each(|&cell| writer[cell] = Some(id));
    }
    let mut graph = DiGraph::<(), (), u32>::with_capacity(blocks.len(), blocks.len());
    blocks.iter().for_each(|_| _ = graph.add_node(()));
    let node = |block: BlockId| to_u32(block.index());
    let edges = blocks.entries().flat_map(|(id, block)| {
        block.reads.iter().filter_map(|&cell| writer[cell]).map(move |before| (node(id), node(before)))
    });
    graph.extend_with_edges(edges);
    let mut open: IdVec<BlockId, Option<Block>> = blocks.into_iter().map(Some).collect();
    // What is read comes before what reads it.
    for component in kosaraju_scc(&graph) {
        let mut members: Vec<BlockId> = component.iter().map(|node| BlockId::at(node.index())).collect();
        members.sort_unstable();
        let start = machine.blocks.len();
        let mut cyclic = members.len() > 1;
        for block in members.iter().filter_map(|&id| open[id].take()) {
            cyclic |= block.outputs.iter().any(|output| block.reads.contains(output));
            let code = copy(assembler, block.code, &mut machine.ops, &mut machine.operands);
            machine.blocks.push(Block { code, ..block });
        }
        let end = machine.blocks.len();
        match machine.stretches.last_mut() {
            Some(last) if !cyclic && !last.cyclic => last.blocks.end = end,
            _ => machine.stretches.push(Stretch { blocks: start..end, cyclic }),
        }
    }
    for (code, _) in rules.started.iter_mut() {
        *code = copy(assembler, *code, &mut machine.ops, &mut machine.operands);
    }
    let reads = machine.blocks.entries().flat_map(|(id, block)| block.reads.iter().map(move |&cell| (cell, id)));
    let reads: Vec<(Cell, BlockId)> = reads.collect();
    machine.readers = Csr::new(machine.cells, &reads);
    rules
}

/// Copies a stretch of operations, with what it operates on.
fn copy(from: &Assembler, code: Extent, ops: &mut Vec<Op>, operands: &mut Vec<Cell>) -> Extent {
    let start = ops.len();
    let mut list = |cells: Extent| {
        let start = operands.len();
        operands.extend_from_slice(cells.of(&from.operands));
        Extent::since(operands, start)
    };
    for op in code.of(&from.ops) {
        ops.push(match *op {
            Op::All { of, into } => Op::All { of: list(of), into },
            Op::Any { of, into } => Op::Any { of: list(of), into },
            Op::Reaches { of, threshold, into } => Op::Reaches { of: list(of), threshold, into },
            Op::Column { inputs, carries, sum } => Op::Column { inputs: list(inputs), carries: list(carries), sum },
            Op::Without { .. } => *op,
        });
    }
    Extent::since(ops, start)
}
