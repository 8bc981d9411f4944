//! Serves what a database says: `credpath-service DATABASE [ADDRESS]`.

use std::env;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use credpath_service::{Service, ServiceOptions, Store, runtime, serve};
use tokio::net::TcpListener;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let database = arguments.next().ok_or("usage: credpath-service DATABASE [ADDRESS]")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let service = Service::new(Store::open(Path::new(&database))?, ServiceOptions::default())?;
    runtime()?.block_on(async {
        let listener = TcpListener::bind(&address).await?;
        println!("http://{}, catalog {}", listener.local_addr()?, service.catalog().fingerprint());
        Ok(serve(listener, Arc::new(service)).await?)
    })
}
