-- People, what they agreed to, the proof of it, and who must be left alone.

-- A number that is known to be none is retired: whoever asks for the retirement asks for both.
CREATE TABLE contact (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  phone_index bytea NOT NULL,
  phone_index_next bytea,
  sealed bytea NOT NULL,
  territory text NOT NULL,
  -- Several, between commas, where nobody knows which: somebody in Polynesia, until an address or a zone tells.
  time_zone text NOT NULL,
  place_from text NOT NULL CHECK (place_from IN ('contact', 'address', 'number', 'tenant', 'unknown')),
  line_type text NOT NULL,
  adult_on date,
  number_state text,
  simulated boolean NOT NULL DEFAULT false,
  last_interaction_at timestamptz,
  retired_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  -- Raised with each change of number: a text made for the one before is not marked.
  number_version int NOT NULL DEFAULT 1 CHECK (number_version > 0),
  -- Since when a person has their number: what did not reach the one before is not held against it.
  number_since timestamptz,
  CONSTRAINT number_state_retired CHECK (number_state IS NULL OR retired_at IS NOT NULL)
);
CREATE UNIQUE INDEX contact_phone_next ON contact (tenant_id, phone_index_next)
  WHERE (retired_at IS NULL) AND (phone_index_next IS NOT NULL);
CREATE INDEX contact_order ON contact (tenant_id, id);
-- Unique among those who hold a number now; whoever was retired stands in it under their own id.
CREATE UNIQUE INDEX contact_phone ON contact (tenant_id, phone_index, (CASE WHEN (retired_at IS NOT NULL) THEN id END)) NULLS NOT DISTINCT;
SELECT protect('contact', 'SELECT, INSERT, UPDATE, DELETE');
GRANT SELECT (id, tenant_id) ON contact TO bonheure_lookup;
CREATE POLICY lookup ON contact FOR SELECT TO bonheure_lookup USING (true);

-- The key goes first; the row goes with it, so that the number may be met again as nobody's.
CREATE TABLE contact_key (
  contact_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  wrapped bytea NOT NULL,
  key_version int NOT NULL
);
CREATE INDEX contact_key_version ON contact_key (tenant_id, key_version);
SELECT protect('contact_key', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE wording (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  brand_id uuid,
  purposes text[] NOT NULL CHECK (cardinality(purposes) > 0),
  locale text NOT NULL,
  version int NOT NULL,
  text text NOT NULL CHECK (text <> ''),
  sha256 bytea NOT NULL CHECK (length(sha256) = 32),
  origin text NOT NULL CHECK (origin IN ('published', 'declared')),
  in_use_from timestamptz,
  in_use_until timestamptz,
  findings jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, sha256, purposes, locale)
);
SELECT protect('wording');

CREATE FUNCTION keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NEW.text <> OLD.text OR NEW.sha256 <> OLD.sha256 OR NEW.purposes <> OLD.purposes OR NEW.version <> OLD.version THEN
      RAISE EXCEPTION 'a wording is never rewritten: make a new version' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END
$$;

CREATE TRIGGER immutable BEFORE UPDATE ON wording FOR EACH ROW EXECUTE FUNCTION keep_wording();

-- Since when a wording is cited is noted when it first is: an index over all events is not kept for that.
CREATE TABLE wording_citation (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  tenant_id uuid NOT NULL,
  wording_id uuid NOT NULL,
  cited_at timestamptz NOT NULL
);
CREATE INDEX wording_citation_first ON wording_citation (tenant_id, wording_id, cited_at);
SELECT protect('wording_citation', 'SELECT, INSERT');

CREATE TABLE consent_event (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  contact_id uuid,
  purpose text NOT NULL,
  kind text NOT NULL
    CHECK (kind IN ('pending', 'confirmed', 'granted', 'refused', 'withdrawn', 'objected', 'expired', 'reinstated')),
  basis text NOT NULL,
  method text,
  channel text,
  wording_id uuid,
  proof text NOT NULL CHECK (proof IN ('held', 'attested', 'none')),
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  actor text NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  proof_digest bytea,
  barred text CHECK (barred = 'MINOR'),
  simulated boolean NOT NULL DEFAULT false,
  CHECK ((kind NOT IN ('granted', 'reinstated')) OR basis <> 'consent' OR wording_id IS NOT NULL AND proof <> 'none')
);
CREATE INDEX consent_event_contact ON consent_event (tenant_id, contact_id);
-- People who left and were put on record too late are counted by the day.
CREATE INDEX consent_event_leaving ON consent_event (tenant_id, recorded_at) WHERE kind IN ('withdrawn', 'objected');
SELECT protect('consent_event', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON consent_event FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE FUNCTION await_link_consent() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO unlinked SELECT tenant_id, 'consent', id FROM added;
    RETURN NULL;
  END
$$;

CREATE TRIGGER await_link AFTER INSERT ON consent_event
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION await_link_consent();

-- Rows are only added, and the earliest counts: whoever cites a wording waits for nobody else who does.
CREATE FUNCTION note_citations() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO wording_citation (tenant_id, wording_id, cited_at)
    SELECT a.tenant_id, a.wording_id, a.cited_at
      FROM (SELECT tenant_id, wording_id, min(occurred_at) AS cited_at
              FROM added WHERE wording_id IS NOT NULL GROUP BY 1, 2) a
     WHERE NOT EXISTS (
       SELECT FROM wording_citation c
        WHERE c.tenant_id = a.tenant_id AND c.wording_id = a.wording_id AND c.cited_at <= a.cited_at);
    RETURN NULL;
  END
$$;

CREATE TRIGGER note_citations AFTER INSERT ON consent_event
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_citations();

CREATE TABLE consent_proof (
  event_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  contact_id uuid,
  salt bytea NOT NULL,
  sealed bytea NOT NULL,
  cut_at timestamptz
);
SELECT protect('consent_proof', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE consent (
  contact_id uuid,
  purpose text,
  tenant_id uuid NOT NULL,
  sendable boolean NOT NULL,
  why text,
  basis text NOT NULL,
  since timestamptz NOT NULL,
  until timestamptz,
  wording_id uuid,
  event_id uuid CONSTRAINT consent_event_id_not_null1 NOT NULL,
  generation int NOT NULL DEFAULT 1,
  PRIMARY KEY (contact_id, purpose),
  CHECK (sendable = (why IS NULL))
);
SELECT protect('consent', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE suppression (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  phone_index bytea NOT NULL,
  phone_index_next bytea,
  scope text NOT NULL CHECK (scope IN ('marketing', 'appointment', 'renewal', 'payment', 'all')),
  since timestamptz NOT NULL,
  source text NOT NULL,
  event_id uuid,
  recorded_at timestamptz NOT NULL,
  lifted_at timestamptz,
  lifted_by uuid,
  -- A file of yesterday, sent again tonight, must not bring back somebody whose proofs are gone.
  spent_proofs text[] NOT NULL DEFAULT '{}',
  CHECK ((lifted_at IS NULL) = (lifted_by IS NULL))
);
CREATE UNIQUE INDEX suppression_in_force ON suppression (tenant_id, phone_index, scope) WHERE lifted_at IS NULL;
CREATE INDEX suppression_stretch ON suppression (tenant_id, phone_index);
SELECT protect('suppression');

CREATE TABLE leaving_contact (
  contact_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  because text NOT NULL,
  rule_id text NOT NULL,
  noticed_at timestamptz NOT NULL,
  remove_at timestamptz NOT NULL
);
CREATE INDEX leaving_contact_due ON leaving_contact (tenant_id, remove_at);
SELECT protect('leaving_contact', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE link (
  tenant_id uuid,
  chain text CHECK (chain IN ('consent', 'audit')),
  "position" bigint CHECK ("position" > 0),
  event_id uuid NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (tenant_id, chain, "position"),
  UNIQUE (tenant_id, chain, event_id)
);
SELECT protect('link', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON link FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE unlinked (
  tenant_id uuid,
  chain text,
  event_id uuid,
  PRIMARY KEY (tenant_id, chain, event_id)
);
SELECT protect('unlinked', 'SELECT, INSERT, DELETE');
GRANT SELECT (tenant_id, chain, event_id) ON unlinked TO bonheure_lookup;
CREATE POLICY lookup ON unlinked FOR SELECT TO bonheure_lookup USING (true);

-- What an outside authority saw of the chains, and the roots that make its word reach single events.
CREATE TABLE anchor (
  tenant_id uuid,
  chain text CHECK (chain IN ('consent', 'audit')),
  "position" bigint CHECK ("position" > 0),
  head bytea NOT NULL CHECK (length(head) = 32),
  root bytea NOT NULL CHECK (length(root) = 32),
  statement text NOT NULL,
  token bytea NOT NULL,
  stamped_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, chain, "position")
);
SELECT protect('anchor', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON anchor FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE chain_block (
  tenant_id uuid,
  chain text CHECK (chain IN ('consent', 'audit')),
  block int CHECK (block >= 0),
  root bytea NOT NULL CHECK (length(root) = 32),
  PRIMARY KEY (tenant_id, chain, block)
);
SELECT protect('chain_block', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON chain_block FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE legal_hold (
  contact_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  sealed_reason bytea NOT NULL,
  actor text NOT NULL,
  since timestamptz NOT NULL
);
SELECT protect('legal_hold', 'SELECT, INSERT, UPDATE, DELETE');

-- People who asked to be erased, what became of it, and what housekeeping removed for reasons of age.
CREATE TABLE erasure (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  phone_index bytea,
  requested_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  identity_checked boolean,
  sealed_reason bytea,
  actor text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done')),
  removed jsonb NOT NULL DEFAULT '{}',
  kept jsonb NOT NULL DEFAULT '[]',
  completed_at timestamptz,
  UNIQUE (tenant_id, contact_id),
  CHECK ((state = 'done') = (completed_at IS NOT NULL)),
  CHECK ((state = 'done') = (phone_index IS NULL))
);
CREATE INDEX erasure_order ON erasure (tenant_id, id);
CREATE INDEX erasure_open ON erasure (id) WHERE state = 'running';
CREATE INDEX erasure_stretch ON erasure (tenant_id, phone_index) WHERE phone_index IS NOT NULL;
SELECT protect('erasure');
GRANT SELECT (id, tenant_id, state) ON erasure TO bonheure_lookup;
CREATE POLICY lookup ON erasure FOR SELECT TO bonheure_lookup USING (true);

-- What people ask under the RGPD, by which day it is to be answered, and how it was.
CREATE TABLE rights_request (
  tenant_id uuid,
  id uuid,
  contact_id uuid,
  asks text NOT NULL CHECK (asks IN ('erasure', 'access', 'rectification', 'objection', 'unspecified')),
  matched text NOT NULL,
  words text NOT NULL,
  received_at timestamptz NOT NULL,
  answer_by date NOT NULL,
  erasure_id uuid,
  answered_at timestamptz,
  outcome text CHECK (outcome IN ('done', 'refused', 'not-a-request')),
  actor text,
  sealed_note bytea,
  PRIMARY KEY (tenant_id, id),
  CHECK ((answered_at IS NULL) = (outcome IS NULL)),
  CHECK ((answered_at IS NULL) = (actor IS NULL))
);
CREATE INDEX rights_request_open ON rights_request (tenant_id, id) WHERE answered_at IS NULL;
CREATE INDEX rights_request_contact ON rights_request (tenant_id, contact_id);
SELECT protect('rights_request', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE retention_run (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('rehearsal', 'cleaning')),
  actor text NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  lines jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX retention_run_order ON retention_run (tenant_id, id);
SELECT protect('retention_run');
