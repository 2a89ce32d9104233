import { Migration } from '@mikro-orm/migrations';

/** Many receipts find their messages by one question. */
export class ReceiptsAtSpeed extends Migration {
  override up(): void {
    this.addLookup(
      'owners_of_receipts(accounts uuid[], ids text[])',
      'TABLE (nth bigint, tenant_id uuid, batch_id uuid, seq int)',
      `SELECT t.nth, a.tenant_id, a.batch_id, a.seq
         FROM unnest(accounts, ids) WITH ORDINALITY AS t(account, id, nth)
        CROSS JOIN LATERAL (SELECT o.tenant_id, o.batch_id, o.seq FROM acceptance o
                             WHERE o.account_id = t.account AND o.gateway_id = t.id LIMIT 2) a`,
    );
    this.addLookup(
      'tenants_of_batches(batches uuid[])',
      'TABLE (batch_id uuid, tenant_id uuid)',
      `SELECT b.id, b.tenant_id FROM batch b WHERE b.id = ANY (batches)`,
    );
  }

  private addLookup(signature: string, answer: string, body: string): void {
    const called = signature.replaceAll(/\w+ (uuid|text)/g, '$1');
    this.addSql(`
      CREATE FUNCTION ${signature} RETURNS ${answer}
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$${body}$$`);
    this.addSql(`ALTER FUNCTION ${called} OWNER TO bonheure_lookup`);
    this.addSql(`REVOKE ALL ON FUNCTION ${called} FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION ${called} TO bonheure_app`);
  }
}
