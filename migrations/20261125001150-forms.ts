import { Migration } from '@mikro-orm/migrations';

/** Forms that people fill, what they saw, the codes that confirm their numbers, and the messages that carry them. */
export class Forms extends Migration {
  override up(): void {
    this.forms();
    this.answers();
    this.messages();
    this.lookup();
  }

  private forms(): void {
    this.addSql(`
      CREATE TABLE form (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenant,
        slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
        version int NOT NULL CHECK (version > 0),
        created_at timestamptz NOT NULL,
        closed_at timestamptz)`);
    this.addSql(`CREATE INDEX form_order ON form (tenant_id, id)`);
    this.addSql(`SELECT protect('form')`);
    this.addSql(`
      CREATE TABLE form_version (
        form_id uuid NOT NULL REFERENCES form,
        version int NOT NULL CHECK (version > 0),
        tenant_id uuid NOT NULL,
        terms jsonb NOT NULL,
        actor text NOT NULL,
        published_at timestamptz NOT NULL,
        PRIMARY KEY (form_id, version))`);
    this.addSql(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON form_version
      FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`SELECT protect('form_version', 'SELECT, INSERT')`);
    this.addSql(`
      CREATE TABLE form_text (
        tenant_id uuid NOT NULL,
        sha256 bytea NOT NULL CHECK (length(sha256) = 32),
        form_id uuid NOT NULL REFERENCES form,
        version int NOT NULL,
        language text NOT NULL,
        text text NOT NULL,
        first_agreed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, form_id, sha256))`);
    this.addSql(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON form_text
      FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`SELECT protect('form_text', 'SELECT, INSERT')`);
  }

  private answers(): void {
    this.addSql(`
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
        CHECK ((contact_id IS NULL) = (phone_index IS NULL)))`);
    this.addSql(
      `CREATE INDEX form_answer_number ON form_answer (tenant_id, phone_index, created_at) WHERE phone_index IS NOT NULL`,
    );
    this.addSql(`CREATE INDEX form_answer_age ON form_answer (tenant_id, created_at)`);
    this.addSql(`SELECT protect('form_answer', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
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
        used_at timestamptz)`);
    this.addSql(`CREATE INDEX form_code_number ON form_code (tenant_id, phone_index, sent_at)`);
    this.addSql(`CREATE INDEX form_code_form ON form_code (tenant_id, form_id, sent_at)`);
    this.addSql(`CREATE INDEX form_code_address ON form_code (tenant_id, address_digest, sent_at)`);
    this.addSql(`SELECT protect('form_code', 'SELECT, INSERT, UPDATE, DELETE')`);
  }

  /** A code is an answer to a person too; several may be owed to one number in a day. */
  private messages(): void {
    this.addSql(`
      ALTER TABLE acknowledgement
        DROP CONSTRAINT acknowledgement_kind_check,
        DROP CONSTRAINT acknowledgement_tenant_id_phone_index_batch_id_on_day_kind_key,
        ADD COLUMN leave_before timestamptz,
        ADD CONSTRAINT acknowledgement_kind_check CHECK (kind IN ('stop', 'contact', 'confirmation')),
        ADD CHECK ((kind = 'confirmation') = (leave_before IS NOT NULL))`);
    this.addSql(
      `CREATE UNIQUE INDEX acknowledgement_once_a_day ON acknowledgement (tenant_id, phone_index, batch_id, on_day, kind) WHERE kind <> 'confirmation'`,
    );
    this.addSql(`DROP INDEX batch_standing`);
    this.addSql(
      `CREATE UNIQUE INDEX batch_standing ON batch (tenant_id, account_id, purpose) WHERE kind = 'acknowledgements'`,
    );
  }

  private lookup(): void {
    this.addSql(`GRANT SELECT (id, tenant_id, slug) ON form TO bonheure_lookup`);
    this.addSql(`CREATE POLICY lookup ON form FOR SELECT TO bonheure_lookup USING (true)`);
    this.addSql(`
      CREATE FUNCTION tenant_of_form(form_slug text) RETURNS TABLE (tenant_id uuid, form_id uuid)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT f.tenant_id, f.id FROM form f WHERE f.slug = form_slug
      $$`);
    this.addSql(`REVOKE ALL ON FUNCTION tenant_of_form(text) FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION tenant_of_form(text) TO bonheure_app`);
    this.addSql(`ALTER FUNCTION tenant_of_form(text) OWNER TO bonheure_lookup`);
  }
}
