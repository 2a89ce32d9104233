import { Migration } from '@mikro-orm/migrations';

/** What an outside authority saw of the chains, and the roots that make its word reach single events. */
export class Anchors extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE anchor (
        tenant_id uuid NOT NULL,
        chain text NOT NULL CHECK (chain IN ('consent', 'audit')),
        position bigint NOT NULL CHECK (position > 0),
        head bytea NOT NULL CHECK (length(head) = 32),
        root bytea NOT NULL CHECK (length(root) = 32),
        statement text NOT NULL,
        token bytea NOT NULL,
        stamped_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, chain, position))`);
    this.addSql(`
      CREATE TABLE chain_block (
        tenant_id uuid NOT NULL,
        chain text NOT NULL CHECK (chain IN ('consent', 'audit')),
        block int NOT NULL CHECK (block >= 0),
        root bytea NOT NULL CHECK (length(root) = 32),
        PRIMARY KEY (tenant_id, chain, block))`);
    for (const table of ['anchor', 'chain_block']) {
      this.addSql(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON ${table}
        FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()`);
      this.addSql(`SELECT protect('${table}', 'SELECT, INSERT')`);
    }
  }
}
