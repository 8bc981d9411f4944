//! One scheduler and some executors of Ballista in this process, which speak to each other over the loopback alone.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use arrow_flight::flight_service_server::FlightServiceServer;
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::BALLISTA_PROTOCOL_VERSION;
use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::error::BallistaError;
use ballista_core::ids::new_instance_id;
use ballista_core::serde::BallistaCodec;
use ballista_core::serde::protobuf::ExecutorRegistration;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::scheduler_grpc_server::SchedulerGrpcServer;
use ballista_core::serde::scheduler::{ExecutorOperatingSystemSpecification, ExecutorSpecification};
use ballista_core::utils::{GrpcServerConfig, create_grpc_server, default_session_builder};
use ballista_executor::execution_loop::poll_loop;
use ballista_executor::executor::Executor;
use ballista_executor::flight_service::BallistaFlightService;
use ballista_executor::health::ExecutorHealth;
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::metrics::default_metrics_collector;
use ballista_scheduler::scheduler_server::SchedulerServer;
use datafusion::common::DataFusionError;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;

use crate::codec::QuestionCodec;

/// Why a cluster cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// A port or a folder cannot be had.
    #[error("no port or folder for the cluster: {0}")]
    Place(#[from] std::io::Error),
    /// Scheduler and executors do not find each other.
    #[error("the scheduler cannot be reached: {0}")]
    Unreachable(#[from] tonic::transport::Error),
    /// What Ballista says.
    #[error(transparent)]
    Ballista(#[from] BallistaError),
    /// What the engine says.
    #[error(transparent)]
    Engine(#[from] DataFusionError),
}

/// A cluster, which ends when it is dropped, and leaves nothing behind.
#[derive(Debug)]
pub struct Cluster {
    address: SocketAddr,
    config: SessionConfig,
    folders: Vec<TempDir>,
    tasks: Vec<JoinHandle<()>>,
}

impl Cluster {
    /// Starts a scheduler and executors with one core each. None of them is told of a catalog: what a query asks comes
    /// with it.
    ///
    /// # Errors
    /// [`ClusterError`] says what cannot be had.
    pub async fn start(executors: usize, partitions: usize) -> Result<Self, ClusterError> {
        let codec = Arc::new(QuestionCodec::default());
        let config = SessionConfig::new_with_ballista()
            .with_target_partitions(partitions)
            .with_ballista_logical_extension_codec(Arc::clone(&codec) as _)
            .with_ballista_physical_extension_codec(codec)
            // Executors in one process could read each other's files: they are to travel as between machines.
            .with_ballista_shuffle_reader_force_remote_read(true);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut cluster = Self { address, config, folders: Vec::new(), tasks: Vec::new() };
        cluster.start_scheduler(listener).await?;
        for _ in 0..executors {
            cluster.start_executor().await?;
        }
        Ok(cluster)
    }

    /// A session whose queries the cluster answers.
    ///
    /// # Errors
    /// What Ballista says.
    pub async fn session(&self) -> Result<SessionContext, ClusterError> {
        let state = SessionStateBuilder::new().with_default_features().with_config(self.config.clone()).build();
        Ok(SessionContext::remote_with_state(&format!("df://{}", self.address), state).await?)
    }

    /// The bytes that the executors have written for each other so far.
    ///
    /// # Errors
    /// What the file system says.
    pub fn shuffled(&self) -> std::io::Result<u64> {
        self.folders.iter().map(|folder| bytes_in(folder.path())).sum()
    }

    async fn start_scheduler(&mut self, listener: TcpListener) -> Result<(), ClusterError> {
        let (own, config) = (self.address.to_string(), self.config.clone());
        let cluster =
            BallistaCluster::new_memory(&own, Arc::new(default_session_builder), Arc::new(move || config.clone()));
        let policy = SchedulerConfig::default().with_scheduler_policy(TaskSchedulingPolicy::PullStaged);
        let (codec, metrics) = (codec_of(&self.config), default_metrics_collector()?);
        let mut scheduler = SchedulerServer::new(own, cluster, codec, Arc::new(policy), metrics);
        scheduler.init().await?;
        let most = self.config.ballista_grpc_client_max_message_size();
        let service =
            SchedulerGrpcServer::new(scheduler).max_decoding_message_size(most).max_encoding_message_size(most);
        let server = create_grpc_server(&GrpcServerConfig::default()).add_service(service);
        self.run(async move { told("scheduler", server.serve_with_incoming(TcpListenerStream::new(listener)).await) });
        Ok(())
    }

    async fn start_executor(&mut self) -> Result<(), ClusterError> {
        let folder = TempDir::with_prefix("credpath-executor")?;
        let path = folder.path().to_string_lossy().into_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let registration = ExecutorRegistration {
            id: new_instance_id(),
            host: Some(address.ip().to_string()),
            port: address.port().into(),
            // Executors that ask for work have no such port.
            grpc_port: 0,
            specification: Some(ExecutorSpecification::default().with_vcores(1).into()),
            os_info: Some(ExecutorOperatingSystemSpecification::default().into()),
            ballista_protocol_version: BALLISTA_PROTOCOL_VERSION,
        };
        let (config, runtime) = (self.config.clone(), RuntimeEnvBuilder::new().with_temp_file_path(&path).build_arc()?);
        let (runtime, config) = (Arc::new(move |_: &_| Ok(Arc::clone(&runtime))), Arc::new(move || config.clone()));
        let executor = Arc::new(Executor::new_basic(registration, &path, runtime, config, 1));
        let most = self.config.ballista_grpc_client_max_message_size();
        let service = FlightServiceServer::new(BallistaFlightService::new(path));
        let service = service.max_decoding_message_size(most).max_encoding_message_size(most);
        let server = create_grpc_server(&GrpcServerConfig::default()).add_service(service);
        self.run(async move { told("executor", server.serve_with_incoming(TcpListenerStream::new(listener)).await) });
        let scheduler = SchedulerGrpcClient::connect(format!("http://{}", self.address)).await?;
        let scheduler = scheduler.max_decoding_message_size(most).max_encoding_message_size(most);
        let codec = codec_of(&self.config);
        self.run(async move {
            told("executor", poll_loop(scheduler, executor, codec, None, None, ExecutorHealth::new()).await);
        });
        self.folders.push(folder);
        Ok(())
    }

    fn run(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(tokio::spawn(task));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn codec_of(config: &SessionConfig) -> BallistaCodec {
    BallistaCodec::new(config.ballista_logical_extension_codec(), config.ballista_physical_extension_codec())
}

/// What runs beside the session has nobody else to tell.
fn told<E: std::fmt::Display>(who: &str, ended: Result<(), E>) {
    if let Err(error) = ended {
        eprintln!("the {who} has ended: {error}");
    }
}

fn bytes_in(folder: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let told = entry.metadata()?;
        bytes += if told.is_dir() { bytes_in(&entry.path())? } else { told.len() };
    }
    Ok(bytes)
}
