//! What the service knows: the catalog in force, the database behind it, and what is being asked.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use credpath::{
    Catalog, CatalogCompiler, CatalogDocument, CredentialDocument, CredentialId, Fingerprint, LearnerRecord, Limits,
};
use tokio::sync::Semaphore;

use crate::fault::Fault;
use crate::store::Store;

/// What the service takes on.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServiceOptions {
    /// Limits on catalogs and records, on their bodies too.
    pub limits: Limits,
    /// How long a search may take that says nothing else, and how long at the most.
    pub time: Duration,
    /// The most work of a search, whatever its options ask for.
    pub work: u64,
    /// Questions that are answered at once.
    pub at_once: usize,
    /// Questions that wait for their turn.
    pub waiting: usize,
}

impl Default for ServiceOptions {
    fn default() -> Self {
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let (time, work) = (Duration::from_secs(10), 2_000_000_000);
        Self { limits: Limits::default(), time, work, at_once, waiting: 64 }
    }
}

/// How often rows are read that another program goes on changing.
const TRIES: usize = 5;

/// A catalog and the document that it was made of.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) document: Arc<CatalogDocument>,
}

/// The service, shared by all requests.
#[derive(Debug)]
pub struct Service {
    store: Mutex<Store>,
    in_force: RwLock<InForce>,
    /// What comes into force is mostly an edited form of what is: of that, only what was changed is read.
    compiler: Mutex<CatalogCompiler>,
    pub(crate) options: ServiceOptions,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) bodies: Arc<Semaphore>,
    pub(crate) searches: Searches,
}

/// How searches came to an end that did not by themselves.
#[derive(Debug, Default)]
pub(crate) struct Searches {
    /// The client did not wait for the answer.
    pub(crate) abandoned: AtomicU64,
    /// Their time was over.
    pub(crate) timed_out: AtomicU64,
}

impl Searches {
    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Those that were abandoned, and those that were timed out.
    pub(crate) fn counts(&self) -> [u64; 2] {
        [&self.abandoned, &self.timed_out].map(|counter| counter.load(Ordering::Relaxed))
    }
}

impl Service {
    /// Begins with the catalog that the database has in force.
    ///
    /// # Errors
    /// [`Fault`] if the database cannot be read, or what it says makes no catalog.
    pub fn new(store: Store, options: ServiceOptions) -> Result<Self, Fault> {
        let (document, mut compiler) = (store.document()?, CatalogCompiler::new(&options.limits));
        let catalog = compiler.compile(&document)?;
        Ok(Self {
            store: Mutex::new(store),
            in_force: RwLock::new(InForce { catalog: Arc::new(catalog), document: Arc::new(document) }),
            compiler: Mutex::new(compiler),
            places: Arc::new(Semaphore::new(options.at_once)),
            room: Arc::new(Semaphore::new(options.at_once + options.waiting)),
            bodies: Arc::new(Semaphore::new(options.at_once + options.waiting)),
            searches: Searches::default(),
            options,
        })
    }

    /// The catalog in force. Whoever has begun with it goes on with it, whatever comes into force meanwhile.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        self.in_force().catalog
    }

    /// The catalog in force, with its document.
    pub(crate) fn in_force(&self) -> InForce {
        self.in_force.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The database. A request that failed leaves nothing half done in it: changes are transactions.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn swap(&self, catalog: Catalog, document: CatalogDocument) -> Fingerprint {
        let fingerprint = catalog.fingerprint();
        let newer = InForce { catalog: Arc::new(catalog), document: Arc::new(document) };
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = newer;
        fingerprint
    }

    /// Makes a catalog of a document that may come into force. Who edits waits for who else does; after a fault the
    /// next one is read as a whole.
    fn compile(&self, document: &CatalogDocument) -> Result<Catalog, Fault> {
        Ok(self.compiler.lock().unwrap_or_else(PoisonError::into_inner).compile(document)?)
    }

    /// Puts a catalog in force in place of the one that whoever asks has seen. Nobody waits for it: it is compiled
    /// beside the one in force, and what is being answered goes on with that.
    pub(crate) fn put_in_force(&self, document: CatalogDocument, seen: Fingerprint) -> Result<Fingerprint, Fault> {
        // What was compared with another one is not compiled at all.
        self.is_in_force(seen)?;
        let catalog = self.compile(&document)?;
        let mut store = self.store();
        self.is_in_force(seen)?;
        store.put_in_force(&document, &catalog)?;
        Ok(self.swap(catalog, document))
    }

    /// Puts the catalog in force that has this credential in place of what is written of it, or as a further one.
    pub(crate) fn put_credential(
        &self,
        id: String,
        changed: CredentialDocument,
        seen: Fingerprint,
    ) -> Result<Fingerprint, Fault> {
        // Who is slower than somebody else is refused below, whatever this document is.
        let mut document = CatalogDocument::clone(&self.in_force().document);
        document.credentials.insert(id, changed);
        self.put_in_force(document, seen)
    }

    /// Reads the catalog from the database, where another program has changed it. If it cannot be used, the one in
    /// force stays in force.
    pub(crate) fn reload(&self) -> Result<Fingerprint, Fault> {
        for _ in 0..TRIES {
            let read = self.store().document()?;
            let catalog = self.compile(&read)?;
            let mut store = self.store();
            if store.note(&read, &catalog)? {
                return Ok(self.swap(catalog, read));
            }
        }
        Err(Fault::Busy)
    }

    pub(crate) fn is_in_force(&self, seen: Fingerprint) -> Result<(), Fault> {
        let this = self.catalog().fingerprint();
        if seen == this { Ok(()) } else { Err(Fault::Replaced { this }) }
    }

    /// The catalog with this fingerprint, if it is in force or kept.
    pub(crate) fn catalog_of(&self, fingerprint: Fingerprint) -> Result<Option<Arc<Catalog>>, Fault> {
        let in_force = self.catalog();
        if in_force.fingerprint() == fingerprint {
            return Ok(Some(in_force));
        }
        let earlier = self.store().earlier(fingerprint)?;
        let compiled = earlier.map(|earlier| Catalog::compile_with(&earlier, &self.options.limits)).transpose()?;
        Ok(compiled.filter(|catalog| catalog.fingerprint() == fingerprint).map(Arc::new))
    }

    pub(crate) fn record(&self, learner: &str) -> Result<LearnerRecord, Fault> {
        let record = self.store().record(learner)?;
        record.ok_or_else(|| Fault::NoSuch { what: "learner", id: learner.to_owned() })
    }
}

/// The credential that a client names.
pub(crate) fn credential(catalog: &Catalog, id: &str) -> Result<CredentialId, Fault> {
    catalog.credential(id).ok_or_else(|| Fault::NoSuch { what: "credential", id: id.to_owned() })
}
