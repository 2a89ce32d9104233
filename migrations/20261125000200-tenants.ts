import { Migration } from '@mikro-orm/migrations';

/** The instance, its controllers (tenants), who may act for them, and what they did. */
export class Tenants extends Migration {
  override up(): void {
    this.instance();
    this.tenants();
    this.access();
  }

  private instance(): void {
    this.addSql(`
      CREATE TABLE instance (
        id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
        clock_offset_ms bigint NOT NULL DEFAULT 0,
        clock_revision int NOT NULL DEFAULT 1,
        moving boolean NOT NULL DEFAULT false,
        heartbeat bigint NOT NULL DEFAULT 0,
        sealed boolean NOT NULL DEFAULT false,
        sealed_why text,
        tally_differences int NOT NULL DEFAULT 0,
        stray_messages boolean NOT NULL DEFAULT false,
        CHECK (NOT sealed OR sealed_why IS NOT NULL))`);
    this.addSql(`INSERT INTO instance DEFAULT VALUES`);
    this.addSql(`GRANT SELECT, UPDATE ON instance TO bonheure_app`);
    this.addSql(`
      CREATE TABLE process (
        id uuid PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('api', 'worker')),
        started_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        drained_at timestamptz)`);
    this.addSql(`GRANT SELECT, INSERT, UPDATE, DELETE ON process TO bonheure_app`);
    this.addSql(`
      CREATE TABLE instance_key (
        purpose text NOT NULL,
        version int NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (purpose, version))`);
    this.addSql(`GRANT SELECT, INSERT ON instance_key TO bonheure_app`);
  }

  private tenants(): void {
    this.addSql(`
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
        CHECK (NOT halted OR halt_reason IS NOT NULL))`);
    this.addSql(`SELECT protect('tenant', 'SELECT, INSERT, UPDATE', 'id')`);
    this.addSql(`
      CREATE TABLE brand (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenant,
        external_id text NOT NULL,
        name text NOT NULL,
        sender text,
        created_at timestamptz NOT NULL,
        UNIQUE (tenant_id, external_id))`);
    this.addSql(`SELECT protect('brand')`);
    this.addSql(`
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
        UNIQUE (tenant_id, external_index))`);
    this.addSql(`CREATE INDEX practice_name ON practice (tenant_id, name_index)`);
    this.addSql(`SELECT protect('practice')`);
    this.addSql(`
      CREATE TABLE data_key (
        tenant_id uuid NOT NULL REFERENCES tenant,
        purpose text NOT NULL CHECK (purpose IN ('data', 'index', 'archive', 'digest')),
        version int NOT NULL CHECK (version > 0),
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, purpose, version))`);
    this.addSql(`SELECT protect('data_key', 'SELECT, INSERT')`);
  }

  private access(): void {
    this.addSql(`
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
        CHECK ((role = 'instance') = (tenant_id IS NULL)))`);
    this.addSql(`SELECT protect('api_key')`);
    this.addSql(`
      CREATE TABLE audit_entry (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenant,
        at timestamptz NOT NULL,
        actor text NOT NULL,
        action text NOT NULL,
        subject text,
        details jsonb NOT NULL DEFAULT '{}')`);
    this.addSql(`CREATE INDEX audit_entry_order ON audit_entry (tenant_id, id)`);
    this.addSql(`
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entry
      FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
    this.addSql(`SELECT protect('audit_entry', 'SELECT, INSERT')`);
    this.addSql(`
      CREATE TABLE idempotency_key (
        tenant_id uuid NOT NULL,
        key_digest bytea NOT NULL,
        body_digest bytea NOT NULL,
        status int,
        answer bytea,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, key_digest),
        CHECK ((status IS NULL) = (answer IS NULL)))`);
    this.addSql(`CREATE INDEX idempotency_key_age ON idempotency_key (tenant_id, created_at)`);
    this.addSql(`SELECT protect('idempotency_key', 'SELECT, INSERT, UPDATE, DELETE')`);
  }
}
