//! Puts what was written in an order in which everything comes after what it reads.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::value::csr::Csr;
use crate::value::ids::{Id, IdVec, to_u32};

use crate::cohort::assembler::Assembler;
use crate::cohort::compile::Compiler;
use crate::cohort::machine::{Block, BlockId, Cell, Extent, Op, Stretch};
use crate::cohort::rules::Rules;

impl Compiler<'_> {
    /// Puts the blocks in order.
    pub(crate) fn finish(mut self) -> Option<Rules> {
        if self.looks == 0 {
            return None;
        }
        let machine = &mut self.rules.machine;
        machine.cells = self.assembler.cells();
        let mut writer: IdVec<Cell, Option<BlockId>> = IdVec::filled(None, machine.cells);
        for (id, block) in self.blocks.entries() {
            block.outputs.iter().for_each(|&cell| writer[cell] = Some(id));
        }
        let mut graph = DiGraph::<(), (), u32>::with_capacity(self.blocks.len(), self.blocks.len());
        self.blocks.iter().for_each(|_| _ = graph.add_node(()));
        let node = |block: BlockId| to_u32(block.index());
        let edges = self.blocks.entries().flat_map(|(id, block)| {
            block.reads.iter().filter_map(|&cell| writer[cell]).map(move |before| (node(id), node(before)))
        });
        graph.extend_with_edges(edges);
        let mut blocks: IdVec<BlockId, Option<Block>> = self.blocks.into_iter().map(Some).collect();
        // What is read comes before what reads it. The operations are laid out in that order, too.
        for component in kosaraju_scc(&graph) {
            let mut members: Vec<BlockId> = component.iter().map(|node| BlockId::at(node.index())).collect();
            members.sort_unstable();
            let start = machine.blocks.len();
            let mut cyclic = members.len() > 1;
            for block in members.iter().filter_map(|&id| blocks[id].take()) {
                cyclic |= block.outputs.iter().any(|output| block.reads.contains(output));
                let code = copy(&self.assembler, block.code, &mut machine.ops, &mut machine.operands);
                machine.blocks.push(Block { code, ..block });
            }
            let end = machine.blocks.len();
            match machine.stretches.last_mut() {
                Some(last) if !cyclic && !last.cyclic => last.blocks.end = end,
                _ => machine.stretches.push(Stretch { blocks: start..end, cyclic }),
            }
        }
        for (code, _) in self.rules.started.iter_mut() {
            *code = copy(&self.assembler, *code, &mut machine.ops, &mut machine.operands);
        }
        let reads = machine.blocks.entries().flat_map(|(id, block)| block.reads.iter().map(move |&cell| (cell, id)));
        let reads: Vec<(Cell, BlockId)> = reads.collect();
        machine.readers = Csr::new(machine.cells, &reads);
        Some(self.rules)
    }
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
