-- Accounts at operators: what they may send, what was learned of them, what they cost, and what came back.

CREATE TABLE gateway_account (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE,
  kind text NOT NULL,
  fake boolean NOT NULL,
  rate_per_second int CHECK (rate_per_second > 0),
  halted boolean NOT NULL DEFAULT false,
  halt_reason text,
  state text NOT NULL DEFAULT 'unknown',
  credit numeric,
  last_receipt_at timestamptz,
  last_stop_at timestamptz,
  proven_at timestamptz,
  proven_how text,
  updated_at timestamptz NOT NULL,
  -- Where the processor behind an account is, and why a tenant may have people's data go there.
  processor_country text,
  -- What answers taught of limits that operators never told.
  learned_base int CHECK (learned_base >= 1),
  learned_since timestamptz,
  learned_hits int,
  -- Whoever would send through an account is of it, before the first message.
  is_default boolean NOT NULL DEFAULT false,
  -- An account that takes messages again has credit again, also where its operator tells of none.
  -- Calls that an account without credit had taken before: one more, and it is paid for.
  calls_then bigint,
  -- Receipts in a row that found no message: an account whose ids are written otherwise in receipts never finds one.
  receipts_lost int NOT NULL DEFAULT 0,
  halted_at timestamptz,
  -- The company behind an account is named to people where they agree, not its country alone.
  processor_name text,
  CHECK (NOT halted OR halt_reason IS NOT NULL),
  CHECK (num_nulls(learned_base, learned_since, learned_hits) = ANY (ARRAY[0, 3]))
);
GRANT SELECT, INSERT, UPDATE ON gateway_account TO bonheure_app;
GRANT SELECT (id, name, is_default) ON gateway_account TO bonheure_lookup;

CREATE TABLE gateway_halt (
  tenant_id uuid,
  account_id uuid REFERENCES gateway_account,
  reason text NOT NULL,
  since timestamptz NOT NULL,
  halted_by text,
  PRIMARY KEY (tenant_id, account_id)
);
SELECT protect('gateway_halt', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE transfer_basis (
  tenant_id uuid,
  account_id uuid REFERENCES gateway_account,
  basis text NOT NULL CHECK (basis IN ('adequacy', 'standard-clauses', 'binding-rules', 'derogation')),
  document_ref text NOT NULL,
  country text NOT NULL,
  recorded_at timestamptz NOT NULL,
  recorded_by text NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
SELECT protect('transfer_basis');

CREATE TABLE rate_share (
  scope text,
  worker_id uuid,
  granted int NOT NULL CHECK (granted >= 0),
  target int NOT NULL CHECK (target >= 0),
  wanted int NOT NULL CHECK (wanted >= 0),
  wanted_first int NOT NULL DEFAULT 0,
  lease_until timestamptz NOT NULL,
  cooling int NOT NULL DEFAULT 0,
  cooling_until timestamptz,
  -- Notices to many wait behind what one person is owed, on every worker.
  wanted_notices int NOT NULL DEFAULT 0,
  PRIMARY KEY (scope, worker_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_share TO bonheure_app;

CREATE TABLE submission_count (
  account_id uuid,
  outcome text CHECK (outcome IN ('accepted', 'refused', 'unknown', 'not-written')),
  reason text,
  calls bigint NOT NULL,
  messages bigint NOT NULL,
  seconds double precision NOT NULL,
  PRIMARY KEY (account_id, outcome, reason)
);
GRANT SELECT, INSERT, UPDATE ON submission_count TO bonheure_app;

-- What operators say they counted, beside what was counted here, by account and day.
CREATE TABLE account_bill (
  account_id uuid,
  counted_on date,
  messages bigint NOT NULL,
  parts_ours bigint NOT NULL,
  parts_told bigint NOT NULL,
  cost_ours numeric NOT NULL,
  cost_told numeric NOT NULL,
  PRIMARY KEY (account_id, counted_on)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON account_bill TO bonheure_app;

-- When an account last told a tenant of its own messages: what it told others is no tenant's to see.
CREATE TABLE account_heard (
  tenant_id uuid,
  account_id uuid,
  last_receipt_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
SELECT protect('account_heard');

-- Trials of accounts, and the calls that came meanwhile.
-- A call is copied as it is kept, sealed, under the same id: whoever hears it waits for nothing else.
CREATE TABLE account_trial (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  started_at timestamptz NOT NULL,
  listens_until timestamptz NOT NULL,
  texts int NOT NULL DEFAULT 0 CHECK (texts BETWEEN 0 AND 2),
  mis_signed int NOT NULL DEFAULT 0,
  findings jsonb,
  ended_at timestamptz,
  -- A trial may be ordered by an api process, and conducted by a worker: all that both say to each other is in its
  -- row.
  -- The number stays there, sealed, for as long as the trial lasts.
  tenant_id uuid,
  language text CHECK (language IN ('fr', 'en')),
  sealed_phone bytea,
  conductor uuid,
  beat_at timestamptz,
  asks text CHECK (asks IN ('accents', 'two-parts', 'stop')),
  shown jsonb NOT NULL DEFAULT '{}',
  news jsonb,
  so_far jsonb,
  turn int NOT NULL DEFAULT 0,
  CHECK (sealed_phone IS NULL OR tenant_id IS NOT NULL AND ended_at IS NULL),
  CHECK (asks IS NULL OR ended_at IS NULL)
);
COMMENT ON COLUMN account_trial.beat_at IS 'when its conductor last said that it lives';
COMMENT ON COLUMN account_trial.turn IS 'rises with all that a page shows of it';
CREATE INDEX account_trial_account ON account_trial (account_id, started_at);
CREATE UNIQUE INDEX account_trial_open ON account_trial (account_id) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON account_trial TO bonheure_app;

CREATE TABLE account_trial_call (
  id uuid PRIMARY KEY,
  trial_id uuid NOT NULL REFERENCES account_trial ON DELETE CASCADE,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL
);
CREATE INDEX account_trial_call_trial ON account_trial_call (trial_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON account_trial_call TO bonheure_app;

-- What comes in from operators and people, kept before it is understood.
CREATE TABLE receipt (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  digest bytea NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  matched_at timestamptz,
  tries int NOT NULL DEFAULT 0,
  next_try_at timestamptz NOT NULL,
  UNIQUE (account_id, digest)
);
CREATE INDEX receipt_unmatched ON receipt (next_try_at) WHERE matched_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON receipt TO bonheure_app;

CREATE TABLE inbound (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  digest bytea NOT NULL,
  sealed bytea NOT NULL,
  reading text NOT NULL,
  received_at timestamptz NOT NULL,
  effective_at timestamptz,
  settled_at timestamptz,
  simulated boolean NOT NULL DEFAULT false,
  UNIQUE (account_id, digest)
);
CREATE INDEX inbound_unsettled ON inbound (received_at) WHERE settled_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON inbound TO bonheure_app;

-- What an operator told and nobody could read, as it came: a STOP may be among it.
CREATE TABLE unread_delivery (
  id uuid PRIMARY KEY,
  account_id uuid NOT NULL,
  digest bytea NOT NULL,
  sealed bytea NOT NULL,
  received_at timestamptz NOT NULL,
  times int NOT NULL DEFAULT 1 CHECK (times > 0),
  -- Every call of an operator is kept as it came until it was read, whatever wire it came on.
  wire text NOT NULL DEFAULT 'smpp' CHECK (wire IN ('smpp', 'http')),
  state text NOT NULL DEFAULT 'unread' CHECK (state IN ('new', 'unread')),
  size int NOT NULL DEFAULT 0,
  pieces int NOT NULL DEFAULT 1 CHECK (pieces > 0),
  UNIQUE (account_id, digest)
);
CREATE INDEX unread_delivery_new ON unread_delivery (received_at) WHERE state = 'new';
GRANT SELECT, INSERT, UPDATE, DELETE ON unread_delivery TO bonheure_app;

-- Once for each statement: one row for each account that it changed.
CREATE FUNCTION kept_size_grew() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO kept_size (account_id, delta)
    SELECT account_id, sum(size) FROM changed GROUP BY account_id HAVING sum(size) <> 0;
    RETURN NULL;
  END
$$;

CREATE TRIGGER unread_delivery_grew AFTER INSERT ON unread_delivery
  REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION kept_size_grew();

CREATE FUNCTION kept_size_shrank() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO kept_size (account_id, delta)
    SELECT account_id, -sum(size) FROM changed GROUP BY account_id HAVING sum(size) <> 0;
    RETURN NULL;
  END
$$;

CREATE TRIGGER unread_delivery_shrank AFTER DELETE ON unread_delivery
  REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION kept_size_shrank();

CREATE FUNCTION copy_call_to_trial() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO account_trial_call (id, trial_id, sealed, received_at)
    SELECT NEW.id, t.id, NEW.sealed, NEW.received_at FROM account_trial t
     WHERE t.account_id = NEW.account_id AND t.ended_at IS NULL AND t.listens_until > NEW.received_at
       AND (SELECT count(*) FROM account_trial_call c WHERE c.trial_id = t.id) < 200
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END
$$;

CREATE TRIGGER unread_delivery_trial AFTER INSERT ON unread_delivery
  FOR EACH ROW WHEN (new.wire = 'http'::text) EXECUTE FUNCTION copy_call_to_trial();

-- How much of each account is kept is the sum of few rows, however many calls lie there.
CREATE TABLE kept_size (
  account_id uuid NOT NULL,
  delta bigint NOT NULL
);
CREATE INDEX kept_size_account ON kept_size (account_id) INCLUDE (delta);
GRANT SELECT, INSERT, DELETE ON kept_size TO bonheure_app;
