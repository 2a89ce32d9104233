-- The instance, its keys, and the processes that run it.

CREATE TABLE instance (
  id smallint DEFAULT 1 PRIMARY KEY CHECK (id = 1),
  clock_offset_ms bigint NOT NULL DEFAULT 0,
  clock_revision int NOT NULL DEFAULT 1,
  moving boolean NOT NULL DEFAULT false,
  heartbeat bigint NOT NULL DEFAULT 0,
  sealed boolean NOT NULL DEFAULT false,
  sealed_why text,
  tally_differences int NOT NULL DEFAULT 0,
  stray_messages boolean NOT NULL DEFAULT false,
  seal_id uuid,
  returns_last_hour int NOT NULL DEFAULT 0,
  keys_revision bigint NOT NULL DEFAULT 0,
  keys_settled bigint NOT NULL DEFAULT 0,
  rows_resealed bigint NOT NULL DEFAULT 0,
  index_moving boolean NOT NULL DEFAULT false,
  late_leavings_last_day int NOT NULL DEFAULT 0,
  -- What alarms of the whole instance ask for: counts alone, never an id, a name or a tenant.
  attempts_outside bigint NOT NULL DEFAULT 0,
  attempts_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  cleaned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Which cluster and timeline it was when it was sealed: restored while it is sealed, it is another.
  sealed_as text,
  CHECK (NOT sealed OR sealed_why IS NOT NULL)
);
GRANT SELECT, UPDATE ON instance TO bonheure_app;
INSERT INTO instance DEFAULT VALUES;

CREATE TABLE instance_key (
  purpose text,
  version int,
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL,
  in_force boolean NOT NULL DEFAULT true,
  PRIMARY KEY (purpose, version)
);
GRANT SELECT, INSERT ON instance_key TO bonheure_app;
GRANT UPDATE (wrapped, in_force) ON instance_key TO bonheure_app;

CREATE TABLE process (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('api', 'worker')),
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  drained_at timestamptz,
  -- What each api process says of its opt-out journal, and which seal the journals were replayed for.
  report bigint NOT NULL DEFAULT 0,
  pardoned_at timestamptz,
  ring_current int NOT NULL DEFAULT 0,
  ring_versions text[] NOT NULL DEFAULT '{}',
  keys_revision bigint NOT NULL DEFAULT 0,
  -- How fast each worker reaches PostgreSQL, and what it serves: one that is much slower than another leaves its
  -- work to it.
  round_trip_ms double precision,
  queues text[] NOT NULL DEFAULT '{}',
  paced_at timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON process TO bonheure_app;

-- The public server tells its figures as well.
CREATE TABLE process_figures (
  process_id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('api', 'public', 'worker')),
  figures jsonb NOT NULL,
  at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON process_figures TO bonheure_app;

-- A process that PostgreSQL cannot hear may have its opt-out journal vouched for by another one of its disk.
-- Not in the row of that process: a report of its own that was cut off keeps that row locked for seconds.
CREATE TABLE journal_vouch (
  process_id uuid PRIMARY KEY REFERENCES process ON DELETE CASCADE,
  vouched_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON journal_vouch TO bonheure_app;
