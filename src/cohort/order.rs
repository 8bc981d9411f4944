//! Puts what was written in an order in which everything comes after what it reads.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::value::csr::Csr;
use crate::value::ids::to_u32;

use crate::cohort::assembler::Assembler;
use crate::cohort::compile::Compiler;
use crate::cohort::machine::{Cell, Code, Node, Op, Stretch};
use crate::cohort::rules::Rules;

impl Compiler<'_> {
    /// Puts the nodes in order.
    pub(crate) fn finish(mut self) -> Option<Rules> {
        if self.looks == 0 {
            return None;
        }
        let machine = &mut self.rules.machine;
        machine.cells = self.assembler.cells();
        let mut writer: Vec<Option<u32>> = vec![None; machine.cells];
        for (node, number) in self.nodes.iter().zip(0..) {
            node.outputs.iter().for_each(|&cell| writer[cell as usize] = Some(number));
        }
        let mut graph = DiGraph::<(), (), u32>::with_capacity(self.nodes.len(), self.nodes.len());
        self.nodes.iter().for_each(|_| _ = graph.add_node(()));
        let edges = self.nodes.iter().zip(0_u32..).flat_map(|(node, number)| {
            node.reads.iter().filter_map(|&cell| writer[cell as usize]).map(move |before| (number, before))
        });
        graph.extend_with_edges(edges);
        let mut nodes: Vec<Option<Node>> = self.nodes.into_iter().map(Some).collect();
        // What is read comes before what reads it. The operations are laid out in that order, too.
        for component in kosaraju_scc(&graph) {
            let mut numbers: Vec<u32> = component.iter().map(|node| to_u32(node.index())).collect();
            numbers.sort_unstable();
            let start = to_u32(machine.nodes.len());
            let mut cyclic = numbers.len() > 1;
            for node in numbers.iter().filter_map(|&number| nodes[number as usize].take()) {
                cyclic |= node.outputs.iter().any(|output| node.reads.contains(output));
                let code = copy(&self.assembler, node.code, &mut machine.ops, &mut machine.operands);
                machine.nodes.push(Node { code, ..node });
            }
            let end = to_u32(machine.nodes.len());
            match machine.stretches.last_mut() {
                Some(last) if !cyclic && !last.cyclic => last.nodes.end = end,
                _ => machine.stretches.push(Stretch { nodes: start..end, cyclic }),
            }
        }
        for (code, _) in &mut self.rules.started {
            *code = copy(&self.assembler, *code, &mut machine.ops, &mut machine.operands);
        }
        let reads: Vec<(u32, u32)> = (0..)
            .zip(&machine.nodes)
            .flat_map(|(number, node): (u32, &Node)| node.reads.iter().map(move |&cell| (cell, number)))
            .collect();
        machine.readers = Csr::new(machine.cells, &reads);
        Some(self.rules)
    }
}

/// Copies a stretch of operations, with what it operates on.
fn copy(from: &Assembler, code: Code, ops: &mut Vec<Op>, operands: &mut Vec<Cell>) -> Code {
    let start = to_u32(ops.len());
    let mut list = |(first, last): (u32, u32)| {
        let start = to_u32(operands.len());
        operands.extend_from_slice(&from.operands[first as usize..last as usize]);
        (start, to_u32(operands.len()))
    };
    for op in &from.ops[code.0 as usize..code.1 as usize] {
        ops.push(match *op {
            Op::All { of, into } => Op::All { of: list(of), into },
            Op::Any { of, into } => Op::Any { of: list(of), into },
            Op::Reaches { of, threshold, into } => Op::Reaches { of: list(of), threshold, into },
            Op::Column { list: first, inputs, sum } => {
                let (list, _) = list((first, first + inputs + inputs / 2));
                Op::Column { list, inputs, sum }
            }
            Op::Without { .. } => *op,
        });
    }
    (start, to_u32(ops.len()))
}
