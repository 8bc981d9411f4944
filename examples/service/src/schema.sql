-- A version of the catalog for each change that was taken; the last one is in force.
CREATE TABLE IF NOT EXISTS catalog (
    version     INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    header      TEXT NOT NULL,
    sharing     TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS pool (
    version INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
    id      TEXT NOT NULL,
    members TEXT NOT NULL,
    PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;

-- Amounts in hundredths; requirements, and whatever has no column of its own, as JSON.
CREATE TABLE IF NOT EXISTS credential (
    version      INTEGER NOT NULL REFERENCES catalog ON DELETE CASCADE,
    id           TEXT NOT NULL,
    title        TEXT,
    type         TEXT,
    issuer       TEXT,
    level        INTEGER,
    credits      INTEGER,
    hours        INTEGER,
    cost         INTEGER,
    prerequisite TEXT,
    corequisite  TEXT,
    stack        TEXT,
    other        TEXT NOT NULL,
    PRIMARY KEY (version, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS learner (
    id            TEXT PRIMARY KEY,
    waivers       TEXT NOT NULL,
    substitutions TEXT NOT NULL,
    pursued       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS award (
    learner      TEXT NOT NULL REFERENCES learner ON DELETE CASCADE,
    place        INTEGER NOT NULL,
    credential   TEXT NOT NULL,
    id           TEXT,
    awarded      TEXT,
    valid_until  TEXT,
    credits      INTEGER,
    hours        INTEGER,
    grade        TEXT,
    issuer       TEXT,
    status       TEXT NOT NULL,
    revoked_on   TEXT,
    verification TEXT NOT NULL,
    PRIMARY KEY (learner, place)
) STRICT, WITHOUT ROWID;

-- A plan as it was answered, its certificate and its options included.
CREATE TABLE IF NOT EXISTS plan (
    id      INTEGER PRIMARY KEY,
    learner TEXT NOT NULL REFERENCES learner ON DELETE CASCADE,
    answer  TEXT NOT NULL
) STRICT;
