import { Migration } from '@mikro-orm/migrations';

/** People, what they agreed to, the proof of it, and who must be left alone. */
export class Contacts extends Migration {
  override up(): void {
    this.people();
    this.consents();
    this.suppressions();
    this.imports();
  }

  private people(): void {
    this.addSql(`
      CREATE TABLE contact (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        phone_index bytea NOT NULL,
        phone_index_next bytea,
        sealed bytea NOT NULL,
        territory text NOT NULL,
        time_zone text NOT NULL,
        place_from text NOT NULL CHECK (place_from IN ('contact', 'address', 'number', 'tenant', 'unknown')),
        line_type text NOT NULL,
        adult_on date,
        number_state text,
        simulated boolean NOT NULL DEFAULT false,
        last_interaction_at timestamptz,
        retired_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL)`);
    this.addSql(
      `CREATE UNIQUE INDEX contact_phone ON contact (tenant_id, phone_index) WHERE retired_at IS NULL`,
    );
    this.addSql(
      `CREATE UNIQUE INDEX contact_phone_next ON contact (tenant_id, phone_index_next) WHERE retired_at IS NULL AND phone_index_next IS NOT NULL`,
    );
    this.addSql(`CREATE INDEX contact_order ON contact (tenant_id, id)`);
    this.addSql(`SELECT protect('contact')`);
    this.addSql(`
      CREATE TABLE contact_key (
        contact_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        wrapped bytea NOT NULL,
        key_version int NOT NULL)`);
    this.addSql(`SELECT protect('contact_key', 'SELECT, INSERT, UPDATE, DELETE')`);
  }

  private consents(): void {
    this.addSql(`
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
        UNIQUE (tenant_id, sha256, purposes, locale))`);
    this.addSql(`SELECT protect('wording')`);
    this.addSql(`
      CREATE FUNCTION keep_wording() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.text <> OLD.text OR NEW.sha256 <> OLD.sha256 OR NEW.purposes <> OLD.purposes OR NEW.version <> OLD.version THEN
          RAISE EXCEPTION 'a wording is never rewritten: make a new version' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$`);
    this.addSql(
      `CREATE TRIGGER immutable BEFORE UPDATE ON wording FOR EACH ROW EXECUTE FUNCTION keep_wording()`,
    );
    this.addSql(`
      CREATE TABLE consent_event (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        contact_id uuid,
        purpose text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('pending', 'confirmed', 'granted', 'refused', 'withdrawn', 'objected', 'expired', 'reinstated')),
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
        barred text CHECK (barred IN ('MINOR')),
        simulated boolean NOT NULL DEFAULT false,
        CHECK (kind NOT IN ('granted', 'reinstated') OR basis <> 'consent' OR (wording_id IS NOT NULL AND proof <> 'none')))`);
    this.addSql(`CREATE INDEX consent_event_contact ON consent_event (tenant_id, contact_id)`);
    this.addSql(
      `CREATE INDEX consent_event_wording ON consent_event (tenant_id, wording_id, occurred_at) WHERE wording_id IS NOT NULL`,
    );
    this.addSql(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON consent_event
      FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`SELECT protect('consent_event', 'SELECT, INSERT')`);
    this.addSql(`
      CREATE TABLE consent_proof (
        event_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        contact_id uuid,
        salt bytea NOT NULL,
        sealed bytea NOT NULL)`);
    this.addSql(`CREATE INDEX consent_proof_contact ON consent_proof (tenant_id, contact_id)`);
    this.addSql(`SELECT protect('consent_proof', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE link (
        tenant_id uuid NOT NULL,
        chain text NOT NULL CHECK (chain IN ('consent', 'audit')),
        position bigint NOT NULL CHECK (position > 0),
        event_id uuid NOT NULL,
        previous_hash bytea NOT NULL,
        hash bytea NOT NULL,
        PRIMARY KEY (tenant_id, chain, position),
        UNIQUE (tenant_id, chain, event_id))`);
    this.addSql(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON link
      FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`SELECT protect('link', 'SELECT, INSERT')`);
    this.unlinked();
    this.addSql(`
      CREATE TABLE consent (
        contact_id uuid NOT NULL,
        purpose text NOT NULL,
        tenant_id uuid NOT NULL,
        sendable boolean NOT NULL,
        why text,
        basis text NOT NULL,
        since timestamptz NOT NULL,
        until timestamptz,
        wording_id uuid,
        event_id uuid NOT NULL,
        generation int NOT NULL DEFAULT 1,
        PRIMARY KEY (contact_id, purpose),
        CHECK (sendable = (why IS NULL)))`);
    this.addSql(`SELECT protect('consent', 'SELECT, INSERT, UPDATE, DELETE')`);
  }

  private unlinked(): void {
    this.addSql(`
      CREATE TABLE unlinked (
        tenant_id uuid NOT NULL,
        chain text NOT NULL,
        event_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, chain, event_id))`);
    this.addSql(`SELECT protect('unlinked', 'SELECT, INSERT, DELETE')`);
    for (const [table, chain] of [
      ['consent_event', 'consent'],
      ['audit_entry', 'audit'],
    ] as const) {
      this.addSql(`
        CREATE FUNCTION await_link_${chain}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO unlinked SELECT tenant_id, '${chain}', id FROM added;
          RETURN NULL;
        END $$`);
      this.addSql(`
        CREATE TRIGGER await_link AFTER INSERT ON ${table} REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION await_link_${chain}()`);
    }
  }

  private suppressions(): void {
    this.addSql(`
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
        CHECK ((lifted_at IS NULL) = (lifted_by IS NULL)))`);
    this.addSql(
      `CREATE UNIQUE INDEX suppression_in_force ON suppression (tenant_id, phone_index, scope) WHERE lifted_at IS NULL`,
    );
    this.addSql(`SELECT protect('suppression')`);
    this.addSql(`
      CREATE TABLE frequency (
        tenant_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        on_day date NOT NULL,
        count int NOT NULL CHECK (count >= 0),
        PRIMARY KEY (tenant_id, contact_id, on_day))`);
    this.addSql(`SELECT protect('frequency', 'SELECT, INSERT, UPDATE, DELETE')`);
  }

  private imports(): void {
    this.addSql(`
      CREATE TABLE import (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        kind text NOT NULL,
        source text NOT NULL,
        state text NOT NULL CHECK (state IN ('receiving', 'queued', 'reading', 'finished', 'failed')),
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
        CHECK (rows = accepted + rejected + duplicates),
        CHECK ((state IN ('finished', 'failed')) = (finished_at IS NOT NULL)))`);
    this.addSql(`SELECT protect('import', 'SELECT, INSERT, UPDATE, DELETE')`);
    this.addSql(`
      CREATE TABLE import_slice (
        import_id uuid NOT NULL REFERENCES import,
        position int NOT NULL,
        tenant_id uuid NOT NULL,
        sealed bytea NOT NULL,
        PRIMARY KEY (import_id, position))`);
    this.addSql(`SELECT protect('import_slice', 'SELECT, INSERT, DELETE')`);
    this.addSql(`
      CREATE TABLE import_row (
        import_id uuid NOT NULL REFERENCES import,
        contact_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        line int NOT NULL,
        PRIMARY KEY (import_id, contact_id))`);
    this.addSql(`SELECT protect('import_row', 'SELECT, INSERT, DELETE')`);
    this.addSql(`
      CREATE TABLE rejected_row (
        import_id uuid NOT NULL REFERENCES import,
        line int NOT NULL,
        tenant_id uuid NOT NULL,
        code text NOT NULL,
        detail text NOT NULL,
        sealed bytea NOT NULL,
        rejected_at timestamptz NOT NULL,
        PRIMARY KEY (import_id, line))`);
    this.addSql(`SELECT protect('rejected_row', 'SELECT, INSERT, DELETE')`);
  }
}
