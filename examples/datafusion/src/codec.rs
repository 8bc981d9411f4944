//! Questions on their way to schedulers and executors.

use std::any::Any;
use std::sync::{Arc, Mutex, PoisonError};

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, Result, TableReference, not_impl_err};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::execution::TaskContext;
use datafusion::logical_expr::{AggregateUDF, Extension, LogicalPlan, ScalarUDF};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};

use crate::question::Question;
use crate::report::Report;
use crate::statuses::Statuses;

/// Ballista's codec, which also writes [`Statuses`] and [`Report`], each with its question. What an executor reads is
/// compiled once for as many tasks as ask the same in a row.
#[derive(Debug, Default)]
pub struct QuestionCodec {
    logical: BallistaLogicalExtensionCodec,
    physical: BallistaPhysicalExtensionCodec,
    last: Mutex<Option<Arc<Question>>>,
}

impl QuestionCodec {
    fn read(&self, written: &[u8]) -> Result<Arc<Question>> {
        // What is kept is whole, whoever panicked beside it.
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.as_ref().filter(|last| last.written() == written) {
            return Ok(Arc::clone(last));
        }
        let question = Question::read(written).map_err(|error| DataFusionError::External(Box::new(error)))?;
        Ok(Arc::clone(last.insert(Arc::new(question))))
    }

    fn read_scalar(&self, name: &str, written: &[u8]) -> Result<Arc<ScalarUDF>> {
        if name != Statuses::NAME {
            return not_impl_err!("the function {name} is not known here");
        }
        Ok(Statuses::new(self.read(written)?).into())
    }

    fn read_aggregate(&self, name: &str, written: &[u8]) -> Result<Arc<AggregateUDF>> {
        if name != Report::NAME {
            return not_impl_err!("the aggregate {name} is not known here");
        }
        Ok(Report::new(self.read(written)?).into())
    }
}

/// A function of another kind is known to those who read it by its name.
fn write_scalar(function: &ScalarUDF, written: &mut Vec<u8>) {
    let function: &dyn Any = function.inner().as_ref();
    if let Some(statuses) = function.downcast_ref::<Statuses>() {
        written.extend_from_slice(statuses.question().written());
    }
}

fn write_aggregate(function: &AggregateUDF, written: &mut Vec<u8>) {
    let function: &dyn Any = function.inner().as_ref();
    if let Some(report) = function.downcast_ref::<Report>() {
        written.extend_from_slice(report.question().written());
    }
}

impl LogicalExtensionCodec for QuestionCodec {
    fn try_decode(&self, written: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        self.logical.try_decode(written, inputs, context)
    }

    fn try_encode(&self, node: &Extension, written: &mut Vec<u8>) -> Result<()> {
        self.logical.try_encode(node, written)
    }

    fn try_decode_table_provider(
        &self,
        written: &[u8],
        table: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        self.logical.try_decode_table_provider(written, table, schema, context)
    }

    fn try_encode_table_provider(
        &self,
        table: &TableReference,
        node: Arc<dyn TableProvider>,
        written: &mut Vec<u8>,
    ) -> Result<()> {
        self.logical.try_encode_table_provider(table, node, written)
    }

    fn try_decode_file_format(&self, written: &[u8], context: &TaskContext) -> Result<Arc<dyn FileFormatFactory>> {
        self.logical.try_decode_file_format(written, context)
    }

    fn try_encode_file_format(&self, written: &mut Vec<u8>, node: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.logical.try_encode_file_format(written, node)
    }

    fn try_decode_udf(&self, name: &str, written: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.read_scalar(name, written)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, written: &mut Vec<u8>) -> Result<()> {
        write_scalar(node, written);
        Ok(())
    }

    fn try_decode_udaf(&self, name: &str, written: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.read_aggregate(name, written)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, written: &mut Vec<u8>) -> Result<()> {
        write_aggregate(node, written);
        Ok(())
    }
}

impl PhysicalExtensionCodec for QuestionCodec {
    fn try_decode(
        &self,
        written: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.physical.try_decode(written, inputs, context, converter)
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        written: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        self.physical.try_encode(node, written, converter)
    }

    fn try_decode_udf(&self, name: &str, written: &[u8]) -> Result<Arc<ScalarUDF>> {
        self.read_scalar(name, written)
    }

    fn try_encode_udf(&self, node: &ScalarUDF, written: &mut Vec<u8>) -> Result<()> {
        write_scalar(node, written);
        Ok(())
    }

    fn try_decode_udaf(&self, name: &str, written: &[u8]) -> Result<Arc<AggregateUDF>> {
        self.read_aggregate(name, written)
    }

    fn try_encode_udaf(&self, node: &AggregateUDF, written: &mut Vec<u8>) -> Result<()> {
        write_aggregate(node, written);
        Ok(())
    }
}
