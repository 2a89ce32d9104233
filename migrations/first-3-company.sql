-- Controllers (tenants), who may act for them, what they did, and what their own systems are told.

CREATE TABLE tenant (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  legal_name text NOT NULL,
  contact jsonb NOT NULL DEFAULT '{}',
  sender text,
  sector text NOT NULL DEFAULT 'general',
  profile text NOT NULL DEFAULT 'fr-seed-strict',
  territory text NOT NULL DEFAULT 'FR',
  time_zone text NOT NULL DEFAULT 'Europe/Paris',
  locale text NOT NULL DEFAULT 'fr',
  settings jsonb NOT NULL DEFAULT '{}',
  complete boolean NOT NULL DEFAULT true,
  halted boolean NOT NULL DEFAULT false,
  halt_reason text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- The sites of a tenant, known with its key so that links are judged without another question.
  domains text[] NOT NULL DEFAULT '{}',
  -- A tenant in shadow decides and counts everything, and sends nothing.
  shadow boolean NOT NULL DEFAULT false,
  -- A halt says since when it holds and who ordered it; what already holds takes both from the audit.
  halted_at timestamptz,
  halted_by text,
  -- A tenant may carry the id that the software which made it knows it by, unique in the instance; the instance
  -- lists its tenants.
  external_id text,
  -- How far the people of a tenant that serves health were rid of what tells why they come.
  -- What earlier versions kept of it is sealed: the worker opens it, cuts it out and seals the rest anew.
  reasons_cut jsonb,
  CHECK (NOT halted OR halt_reason IS NOT NULL)
);
CREATE UNIQUE INDEX tenant_external_id ON tenant (external_id);
SELECT protect('tenant', 'SELECT, INSERT, UPDATE', 'id');
GRANT SELECT (
  id, name, sector, territory, time_zone, locale, settings, halted, created_at, domains, external_id
) ON tenant TO bonheure_lookup;
CREATE POLICY lookup ON tenant FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE data_key (
  tenant_id uuid REFERENCES tenant,
  purpose text CHECK (purpose IN ('data', 'index', 'archive', 'digest')),
  version int CHECK (version > 0),
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL,
  -- A version is in force once every process that runs has read it: nobody meets what it cannot open.
  in_force boolean NOT NULL DEFAULT true,
  -- Blind indexes are carried to another key while everything runs, a stretch of numbers at a time.
  -- Whatever index is not greater was carried to this key already, wherever it stands.
  reached bytea NOT NULL DEFAULT '\x',
  PRIMARY KEY (tenant_id, purpose, version),
  CONSTRAINT reached_is_of_an_index CHECK (reached = '\x' OR purpose = 'index' AND NOT in_force)
);
SELECT protect('data_key', 'SELECT, INSERT');
GRANT UPDATE (wrapped, in_force, reached) ON data_key TO bonheure_app;

CREATE TABLE brand (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  external_id text NOT NULL,
  name text NOT NULL,
  sender text,
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, external_id)
);
SELECT protect('brand');

CREATE TABLE practice (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  brand_id uuid REFERENCES brand,
  external_index bytea NOT NULL,
  name_index bytea NOT NULL,
  sealed bytea NOT NULL,
  sender text,
  sector text,
  territory text,
  time_zone text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- A practice says whether Good Friday is a holiday in the communes of its people; without a word, its tenant does.
  good_friday text CHECK (good_friday IN ('closed', 'open')),
  UNIQUE (tenant_id, external_index)
);
CREATE INDEX practice_name ON practice (tenant_id, name_index);
SELECT protect('practice');

CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  tenant_id uuid REFERENCES tenant,
  hash bytea NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('admin', 'marketer', 'scheduler', 'operator', 'auditor', 'instance')),
  name text NOT NULL,
  source text NOT NULL DEFAULT 'default',
  created_at timestamptz NOT NULL,
  revoked_at timestamptz,
  last_used_at timestamptz,
  -- Whoever signs in through a directory acts by a key that ends with the session.
  expires_at timestamptz,
  -- Who made a key: whoever makes one for themselves is no second person.
  made_by uuid,
  -- Whoever leaves ends every session of their key, also one that somebody copied.
  sessions_ended_at timestamptz,
  CHECK ((role = 'instance') = (tenant_id IS NULL))
);
SELECT protect('api_key');
GRANT SELECT (id, tenant_id, hash, role, name, source, revoked_at, expires_at) ON api_key TO bonheure_lookup;
CREATE POLICY lookup ON api_key FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE idempotency_key (
  tenant_id uuid,
  key_digest bytea,
  body_digest bytea NOT NULL,
  status int,
  answer bytea,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key_digest),
  CHECK ((status IS NULL) = (answer IS NULL))
);
CREATE INDEX idempotency_key_age ON idempotency_key (tenant_id, created_at);
SELECT protect('idempotency_key', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE audit_entry (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text,
  details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_entry_order ON audit_entry (tenant_id, id);
-- People who come back are counted by the hour; keys are wrapped and made anew while everything runs.
CREATE INDEX audit_entry_return ON audit_entry (tenant_id, id) WHERE action = 'consent.reinstated';
-- Evidence of somebody who was advertised to as a customer shows the statement behind it.
CREATE INDEX audit_entry_sale_statement ON audit_entry (tenant_id, id)
  WHERE action IN ('customers.opened', 'customers.closed');
-- What was done to one thing is found without reading what was done to the others.
CREATE INDEX audit_entry_subject ON audit_entry (tenant_id, subject, id) WHERE subject IS NOT NULL;
CREATE INDEX audit_entry_halt ON audit_entry (tenant_id, id)
  WHERE action IN ('tenant.halted', 'tenant.released', 'gateway.halted', 'gateway.released');
SELECT protect('audit_entry', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit_entry FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE FUNCTION await_link_audit() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO unlinked SELECT tenant_id, 'audit', id FROM added;
    RETURN NULL;
  END
$$;

CREATE TRIGGER await_link AFTER INSERT ON audit_entry
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION await_link_audit();

-- An address of a webhook often holds a token: it is sealed. What an earlier version wrote is sealed by the next
-- worker.
CREATE TABLE webhook_endpoint (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  url text,
  events text[] NOT NULL DEFAULT '{}',
  description text,
  sealed_secret bytea NOT NULL,
  created_at timestamptz NOT NULL,
  removed_at timestamptz,
  delivered bigint NOT NULL DEFAULT 0,
  retried bigint NOT NULL DEFAULT 0,
  failed bigint NOT NULL DEFAULT 0,
  failing_since timestamptz,
  failing_because text,
  resting_until timestamptz,
  sealed_url bytea,
  CHECK ((failing_since IS NULL) = (failing_because IS NULL)),
  CONSTRAINT webhook_endpoint_address CHECK (num_nonnulls(url, sealed_url) = 1)
);
CREATE INDEX webhook_endpoint_open ON webhook_endpoint (tenant_id) WHERE removed_at IS NULL;
SELECT protect('webhook_endpoint');
GRANT SELECT (
  id, tenant_id, removed_at, delivered, retried, failed, failing_since, resting_until
) ON webhook_endpoint TO bonheure_lookup;
CREATE POLICY lookup ON webhook_endpoint FOR SELECT TO bonheure_lookup USING (true);

-- What tenants' own systems are told, and what people answer to reminders.
CREATE TABLE webhook_delivery (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  type text NOT NULL,
  state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  attempts int NOT NULL DEFAULT 0,
  at timestamptz NOT NULL,
  next_attempt_at timestamptz,
  -- Rendered anew at each attempt, so that nothing of a person is kept here: ids, codes and instants only.
  subject uuid,
  about jsonb NOT NULL DEFAULT '{}',
  because text,
  expires_at timestamptz NOT NULL,
  finished_at timestamptz,
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL)),
  CHECK ((state = 'pending') = (finished_at IS NULL))
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_listed ON webhook_delivery (endpoint_id, id);
CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE state <> 'pending';
SELECT protect('webhook_delivery', 'SELECT, INSERT, UPDATE, DELETE');
GRANT SELECT (tenant_id, endpoint_id, state, next_attempt_at, finished_at) ON webhook_delivery TO bonheure_lookup;
CREATE POLICY lookup ON webhook_delivery FOR SELECT TO bonheure_lookup USING (true);
