//! A service on a port of its own, and a client that asks it over the loopback.

use std::error::Error;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use credpath_service::{Service, ServiceOptions, Store, runtime, serve};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use ureq::Agent;
use ureq::http::Request;

/// What a test ends with.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// A service that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    agent: Agent,
    _runtime: Runtime,
}

/// A status and a body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The body of an answer that is none of a fault.
    pub(crate) fn good(self) -> Result<Value, Box<dyn Error>> {
        if self.status < 300 { Ok(self.body) } else { Err(format!("{}: {}", self.status, self.body).into()) }
    }
}

impl Running {
    pub(crate) fn on(store: Store, options: ServiceOptions) -> Result<Self, Box<dyn Error>> {
        let service = Arc::new(Service::new(store, options)?);
        let runtime = runtime()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        runtime.spawn(serve(listener, service));
        let agent = Agent::new_with_config(Agent::config_builder().http_status_as_error(false).build());
        Ok(Self { address, agent, _runtime: runtime })
    }

    pub(crate) fn in_memory() -> Result<Self, Box<dyn Error>> {
        Self::on(Store::in_memory()?, ServiceOptions::default())
    }

    pub(crate) fn with_file(path: &Path) -> Result<Self, Box<dyn Error>> {
        Self::on(Store::open(path)?, ServiceOptions::default())
    }

    /// Asks; the body is TOML if it does not begin as JSON does.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Result<Answer, Box<dyn Error>> {
        let content = if body.starts_with('{') { "application/json" } else { "application/toml" };
        let request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        let request = request.header("content-type", content).body(body.to_owned())?;
        let mut response = self.agent.run(request)?;
        let text = response.body_mut().with_config().limit(1 << 28).read_to_string()?;
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status: response.status().as_u16(), body })
    }

    pub(crate) fn get(&self, path: &str) -> Result<Value, Box<dyn Error>> {
        self.ask("GET", path, "")?.good()
    }

    /// The fingerprint of the catalog in force.
    pub(crate) fn in_force(&self) -> Result<String, Box<dyn Error>> {
        let health = self.get("/health")?;
        Ok(health["stamp"]["catalog"].as_str().ok_or("a health without a catalog")?.to_owned())
    }

    /// Puts a catalog in force.
    pub(crate) fn put_catalog(&self, text: &str) -> Result<String, Box<dyn Error>> {
        let put = self.ask("PUT", &format!("/catalog?replaces={}", self.in_force()?), text)?.good()?;
        Ok(put["fingerprint"].as_str().ok_or("a catalog without a fingerprint")?.to_owned())
    }

    /// Asks, and hangs up without having waited for the answer for longer than this.
    pub(crate) fn ask_and_leave(&self, path: &str, body: &str, after: Duration) -> Outcome {
        let mut stream = TcpStream::connect(self.address)?;
        let length = body.len();
        write!(stream, "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{body}")?;
        thread::sleep(after);
        Ok(())
    }

    /// Waits until something is true of the health.
    pub(crate) fn until(&self, mut is_so: impl FnMut(&Value) -> bool) -> Result<Value, Box<dyn Error>> {
        let begun = Instant::now();
        loop {
            let health = self.get("/health")?;
            if is_so(&health) {
                return Ok(health);
            }
            if begun.elapsed() > Duration::from_secs(300) {
                return Err(format!("still {health}").into());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A catalog in which the cheapest way to `target` is hard to find: sums over pools that cut across each other.
pub(crate) fn hard(credentials: u32, pools: u32) -> String {
    use std::fmt::Write as _;
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (mut text, mut parts) = (String::new(), Vec::new());
    let credits: Vec<u64> = (0..credentials).map(|_| 1 + random(6)).collect();
    for (at, credits) in credits.iter().enumerate() {
        let cost = credits * 150 + random(12) * 10;
        let _ = writeln!(text, "credential.c{at:03} = {{ credits = {credits}, cost = {cost} }}");
    }
    for _ in 0..pools {
        let members: Vec<usize> = (0..credits.len()).filter(|_| random(100) < 45).collect();
        let needed = members.iter().map(|&at| credits[at]).sum::<u64>() * (35 + random(20)) / 100;
        let ids: Vec<String> = members.iter().map(|at| format!("'c{at:03}'")).collect();
        parts.push(format!("{{ credits = {needed}, from = [{}] }}", ids.join(", ")));
    }
    let _ = writeln!(text, "credential.target = {{ stack = {{ all_of = [{}] }} }}", parts.join(", "));
    text
}
