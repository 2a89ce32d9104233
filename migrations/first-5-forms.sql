-- Forms that people fill, what they saw, and the codes that confirm their numbers; files of people.

-- Forms that people fill, what they saw, the codes that confirm their numbers, and the messages that carry them.
CREATE TABLE form (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  version int NOT NULL CHECK (version > 0),
  created_at timestamptz NOT NULL,
  closed_at timestamptz
);
CREATE INDEX form_order ON form (tenant_id, id);
SELECT protect('form');
GRANT SELECT (id, tenant_id, slug) ON form TO bonheure_lookup;
CREATE POLICY lookup ON form FOR SELECT TO bonheure_lookup USING (true);

CREATE TABLE form_version (
  form_id uuid REFERENCES form,
  version int CHECK (version > 0),
  tenant_id uuid NOT NULL,
  terms jsonb NOT NULL,
  actor text NOT NULL,
  published_at timestamptz NOT NULL,
  PRIMARY KEY (form_id, version)
);
SELECT protect('form_version', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON form_version FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE form_text (
  tenant_id uuid,
  sha256 bytea CHECK (length(sha256) = 32),
  form_id uuid REFERENCES form,
  version int NOT NULL,
  language text NOT NULL,
  text text NOT NULL,
  first_agreed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, form_id, sha256)
);
SELECT protect('form_text', 'SELECT, INSERT');

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON form_text FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE form_answer (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  form_id uuid NOT NULL REFERENCES form,
  ticket_digest bytea NOT NULL,
  contact_id uuid,
  phone_index bytea,
  events text[] NOT NULL DEFAULT '{}',
  state text NOT NULL CHECK (state IN ('pending', 'confirmed', 'spent')),
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, ticket_digest),
  CHECK ((state = 'spent') = (contact_id IS NULL)),
  CHECK ((contact_id IS NULL) = (phone_index IS NULL))
);
CREATE INDEX form_answer_number ON form_answer (tenant_id, phone_index, created_at) WHERE phone_index IS NOT NULL;
CREATE INDEX form_answer_age ON form_answer (tenant_id, created_at);
SELECT protect('form_answer', 'SELECT, INSERT, UPDATE, DELETE');

CREATE TABLE form_code (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  form_id uuid NOT NULL REFERENCES form,
  answer_id uuid NOT NULL,
  phone_index bytea NOT NULL,
  address_digest bytea NOT NULL,
  kind text NOT NULL CHECK (kind IN ('code', 'link')),
  digest bytea NOT NULL CHECK (length(digest) = 32),
  attempts int NOT NULL DEFAULT 0 CHECK (attempts BETWEEN 0 AND 5),
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX form_code_number ON form_code (tenant_id, phone_index, sent_at);
CREATE INDEX form_code_form ON form_code (tenant_id, form_id, sent_at);
CREATE INDEX form_code_address ON form_code (tenant_id, address_digest, sent_at);
SELECT protect('form_code', 'SELECT, INSERT, UPDATE, DELETE');

-- An import is cancelled by a person, or parked when one of its rows stops whoever reads it.
-- A parked list of people who left is not read to its end: nothing of its tenant is sent until somebody decides.
CREATE TABLE import (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  kind text NOT NULL,
  source text NOT NULL,
  state text NOT NULL
    CHECK (state IN ('receiving', 'queued', 'reading', 'parked', 'finished', 'failed', 'cancelled')),
  options jsonb NOT NULL DEFAULT '{}',
  bytes bigint NOT NULL DEFAULT 0,
  slices int NOT NULL DEFAULT 0,
  cursor jsonb NOT NULL DEFAULT '{}',
  rows int NOT NULL DEFAULT 0,
  accepted int NOT NULL DEFAULT 0,
  rejected int NOT NULL DEFAULT 0,
  duplicates int NOT NULL DEFAULT 0,
  created int NOT NULL DEFAULT 0,
  updated int NOT NULL DEFAULT 0,
  unchanged int NOT NULL DEFAULT 0,
  withdrawals int NOT NULL DEFAULT 0,
  report jsonb NOT NULL DEFAULT '{}',
  failure text,
  simulated boolean NOT NULL DEFAULT false,
  actor text NOT NULL,
  created_at timestamptz NOT NULL,
  finished_at timestamptz,
  CHECK (rows = (accepted + rejected + duplicates)),
  CONSTRAINT import_ended_check CHECK ((state IN ('finished', 'failed', 'cancelled')) = (finished_at IS NOT NULL))
);
-- Each mark asks whether a list of numbers to leave alone waits to be read.
CREATE INDEX import_suppressions_unread ON import (tenant_id)
  WHERE (kind = 'suppressions') AND (state IN ('queued', 'reading', 'parked'));
SELECT protect('import', 'SELECT, INSERT, UPDATE, DELETE');
GRANT SELECT (id, tenant_id, kind, state, accepted, rejected, duplicates) ON import TO bonheure_lookup;
CREATE POLICY lookup ON import FOR SELECT TO bonheure_lookup USING (true);

CREATE FUNCTION import_without_rows() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF EXISTS (SELECT FROM import_row WHERE import_id = OLD.id) THEN
      RAISE EXCEPTION 'an import that brought people is not removed' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
  END
$$;

CREATE TRIGGER without_rows BEFORE DELETE ON import FOR EACH ROW EXECUTE FUNCTION import_without_rows();

CREATE TABLE import_slice (
  import_id uuid REFERENCES import,
  "position" int,
  tenant_id uuid NOT NULL,
  sealed bytea NOT NULL,
  PRIMARY KEY (import_id, "position")
);
SELECT protect('import_slice', 'SELECT, INSERT, DELETE');
GRANT UPDATE (sealed) ON import_slice TO bonheure_app;

CREATE TABLE import_row (
  import_id uuid,
  contact_id uuid,
  tenant_id uuid NOT NULL,
  line int NOT NULL,
  PRIMARY KEY (import_id, contact_id)
);
SELECT protect('import_row', 'SELECT, INSERT, DELETE');

CREATE FUNCTION rows_of_imports() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM 1 FROM import i WHERE i.id IN (SELECT DISTINCT a.import_id FROM added a) FOR KEY SHARE;
    IF EXISTS (SELECT FROM (SELECT DISTINCT import_id FROM added) a WHERE NOT EXISTS (SELECT FROM import i WHERE i.id = a.import_id)) THEN
      RAISE EXCEPTION 'a row of a file is of an import that is not there' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
  END
$$;

CREATE TRIGGER of_import AFTER INSERT ON import_row
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION rows_of_imports();

CREATE TABLE rejected_row (
  import_id uuid REFERENCES import,
  line int,
  tenant_id uuid NOT NULL,
  code text NOT NULL,
  detail text NOT NULL,
  sealed bytea NOT NULL,
  rejected_at timestamptz NOT NULL,
  -- What a row was given back for, so that its sentence is told in the language of whoever reads it.
  facts jsonb,
  PRIMARY KEY (import_id, line)
);
SELECT protect('rejected_row', 'SELECT, INSERT, DELETE');
GRANT UPDATE (sealed) ON rejected_row TO bonheure_app;
