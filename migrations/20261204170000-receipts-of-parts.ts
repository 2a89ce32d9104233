import { Migration } from '@mikro-orm/migrations';

/** A message that leaves in several parts has an id each: every one of them is told of by a receipt of its own. */
export class ReceiptsOfParts extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE acceptance
        ADD COLUMN part smallint NOT NULL DEFAULT 1,
        ADD COLUMN parts smallint NOT NULL DEFAULT 1 CHECK (part BETWEEN 1 AND parts),
        ADD COLUMN told text CHECK (told IN ('delivered', 'undelivered'))`);
    this.addSql(`CREATE INDEX acceptance_parts ON acceptance (batch_id, seq) WHERE parts > 1`);
    this.addSql(`GRANT UPDATE (gateway_id, told) ON acceptance TO bonheure_app`);
    this.addSql(`GRANT SELECT (parts) ON acceptance TO bonheure_lookup`);
    this.owners();
  }

  /** How many parts the message of an id has, beside whose it is. */
  private owners(): void {
    const name = 'owners_of_receipts(uuid[], text[])';
    this.addSql(`DROP FUNCTION ${name}`);
    this.addSql(`
      CREATE FUNCTION owners_of_receipts(accounts uuid[], ids text[])
      RETURNS TABLE (nth bigint, tenant_id uuid, batch_id uuid, seq int, parts smallint)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT t.nth, a.tenant_id, a.batch_id, a.seq, a.parts
          FROM unnest(accounts, ids) WITH ORDINALITY AS t(account, id, nth)
         CROSS JOIN LATERAL (SELECT o.tenant_id, o.batch_id, o.seq, o.parts FROM acceptance o
                              WHERE o.account_id = t.account AND o.gateway_id = t.id LIMIT 2) a$$`);
    this.addSql(`ALTER FUNCTION ${name} OWNER TO bonheure_lookup`);
    this.addSql(`REVOKE ALL ON FUNCTION ${name} FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION ${name} TO bonheure_app`);
  }
}
