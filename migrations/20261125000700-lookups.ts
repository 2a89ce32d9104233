import { Migration } from '@mikro-orm/migrations';

/** The closed list of questions asked before a tenant is known; each answers ids only. */
export class Lookups extends Migration {
  override up(): void {
    for (const [table, columns] of READ) {
      this.addSql(`GRANT SELECT (${columns}) ON ${table} TO bonheure_lookup`);
      this.addSql(`CREATE POLICY lookup ON ${table} FOR SELECT TO bonheure_lookup USING (true)`);
    }
    for (const [signature, body] of QUESTIONS) this.question(signature, body);
    // No policy: a partition is read by nobody but this one question.
    this.addSql(`GRANT SELECT (batch_id) ON message_default TO bonheure_lookup`);
    // The migrator's own table: readiness compares it with the files.
    this.addSql(`GRANT SELECT ON migration TO bonheure_app`);
  }

  private question(signature: string, body: string): void {
    const name = signature.slice(0, signature.indexOf(' RETURNS'));
    const called = name.replaceAll(/(\w+) (\w+(?:\[\])?)(?=[,)])/g, '$2');
    this.addSql(
      `CREATE FUNCTION ${signature} LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$ ${body} $$`,
    );
    this.addSql(`REVOKE ALL ON FUNCTION ${called} FROM PUBLIC`);
    this.addSql(`GRANT EXECUTE ON FUNCTION ${called} TO bonheure_app`);
    this.addSql(`ALTER FUNCTION ${called} OWNER TO bonheure_lookup`);
  }
}

const READ: readonly (readonly [string, string])[] = [
  ['tenant', 'id, sector'],
  ['api_key', 'id, tenant_id, hash, role, source, name, revoked_at'],
  ['acceptance', 'account_id, gateway_id, recipient, tenant_id, batch_id, seq'],
  [
    'batch',
    'id, tenant_id, kind, account_id, state, campaign_id, series_id, shard, next_action_at, woken_at',
  ],
  ['campaign', 'id, tenant_id, status, next_action_at, woken_at'],
  ['reminder_series', 'id, tenant_id, state, next_action_at, woken_at'],
  ['import', 'id, tenant_id, state'],
  ['intent', 'id, tenant_id, class, not_before'],
  ['unlinked', 'tenant_id, chain'],
  ['submission', 'batch_id, marked_at'],
  ['message', 'batch_id, state'],
  ['tally', 'tenant_id, batch_id, noted_at'],
];

const QUESTIONS: readonly (readonly [string, string])[] = [
  [
    `tenant_of_key(key_hash bytea) RETURNS TABLE (key_id uuid, tenant_id uuid, role text, source text, name text, sector text)`,
    `SELECT k.id, k.tenant_id, k.role, k.source, k.name, t.sector FROM api_key k LEFT JOIN tenant t ON t.id = k.tenant_id
      WHERE k.hash = key_hash AND k.revoked_at IS NULL`,
  ],
  [
    `owners_of_receipt(account uuid, id text) RETURNS TABLE (tenant_id uuid, batch_id uuid, seq int, recipient bytea)`,
    `SELECT a.tenant_id, a.batch_id, a.seq, a.recipient FROM acceptance a WHERE a.account_id = account AND a.gateway_id = id LIMIT 100`,
  ],
  [
    `tenant_of_batch(batch uuid) RETURNS TABLE (tenant_id uuid)`,
    `SELECT b.tenant_id FROM batch b WHERE b.id = batch`,
  ],
  [
    `tenants_of_account(account uuid) RETURNS TABLE (tenant_id uuid)`,
    `SELECT t.id FROM tenant t WHERE EXISTS (SELECT 1 FROM batch b WHERE b.account_id = account AND b.tenant_id = t.id)`,
  ],
  [
    `due_intents(moment timestamptz, most int) RETURNS TABLE (intent_id uuid, tenant_id uuid, class smallint)`,
    `SELECT i.id, i.tenant_id, i.class FROM intent i WHERE i.not_before <= moment ORDER BY i.class, i.not_before LIMIT least(most, 1000)`,
  ],
  [
    `due_work(moment timestamptz, most int) RETURNS TABLE (kind text, id uuid, tenant_id uuid, workflow_id text, due_at timestamptz)`,
    `SELECT * FROM (
       SELECT 'series', s.id, s.tenant_id, 'series/' || s.id, s.next_action_at FROM reminder_series s
        WHERE s.next_action_at <= moment AND s.woken_at IS NULL
       UNION ALL
       SELECT 'campaign', c.id, c.tenant_id, 'campaign/' || c.id, c.next_action_at FROM campaign c
        WHERE c.status IN ('scheduled', 'running', 'paused', 'parked') AND c.next_action_at <= moment
          AND c.woken_at IS NULL
       UNION ALL
       SELECT 'shard', b.id, b.tenant_id, 'campaign/' || b.campaign_id || '/shard/' || b.shard, b.next_action_at FROM batch b
        WHERE b.state = 'open' AND b.kind = 'campaign' AND b.next_action_at <= moment
          AND b.woken_at IS NULL
     ) due (kind, id, tenant_id, workflow_id, due_at) ORDER BY due_at LIMIT least(most, 1000)`,
  ],
  [
    `open_work(late timestamptz, after_id uuid, most int) RETURNS TABLE (kind text, id uuid, tenant_id uuid)`,
    `SELECT * FROM (
       SELECT 'series', s.id, s.tenant_id FROM reminder_series s WHERE s.next_action_at <= late
       UNION ALL
       SELECT 'series', s.id, s.tenant_id FROM reminder_series s
        WHERE late = 'infinity' AND s.state IN ('open', 'paused') AND s.next_action_at IS NULL
       UNION ALL
       SELECT 'campaign', c.id, c.tenant_id FROM campaign c
        WHERE late = 'infinity' AND c.status = 'cancelled'
          AND EXISTS (SELECT 1 FROM batch b WHERE b.campaign_id = c.id AND b.state = 'open')
       UNION ALL
       SELECT 'campaign', c.id, c.tenant_id FROM campaign c WHERE c.status IN ('scheduled', 'running', 'paused', 'parked')
       UNION ALL
       SELECT 'acknowledgements', b.id, b.tenant_id FROM batch b WHERE b.kind = 'acknowledgements' AND b.next_action_at <= late
       UNION ALL
       SELECT 'import', i.id, i.tenant_id FROM import i WHERE i.state IN ('queued', 'reading')
     ) open (kind, id, tenant_id) WHERE open.id > after_id ORDER BY open.id LIMIT least(most, 1000)`,
  ],
  [
    `tenants_to_link(most int) RETURNS TABLE (tenant_id uuid, chain text)`,
    `SELECT DISTINCT u.tenant_id, u.chain FROM unlinked u LIMIT least(most, 1000)`,
  ],
  [
    `anything_submitting(since timestamptz) RETURNS TABLE (batch_id uuid)`,
    `SELECT s.batch_id FROM (SELECT DISTINCT batch_id FROM submission WHERE marked_at >= since) s
      WHERE EXISTS (SELECT 1 FROM message m WHERE m.batch_id = s.batch_id AND m.state = 'submitting') LIMIT 1`,
  ],
  [
    `has_submissions() RETURNS boolean`,
    `SELECT EXISTS (SELECT 1 FROM submission) OR EXISTS (SELECT 1 FROM acceptance)`,
  ],
  [`has_stray_messages() RETURNS boolean`, `SELECT EXISTS (SELECT 1 FROM message_default)`],
  [
    `tallied_since(moment timestamptz, after_id uuid, most int) RETURNS TABLE (tenant_id uuid, batch_id uuid)`,
    `SELECT DISTINCT t.tenant_id, t.batch_id FROM tally t WHERE t.noted_at >= moment AND t.batch_id > after_id
      ORDER BY t.batch_id LIMIT least(most, 1000)`,
  ],
  [
    `every_tenant(after_id uuid, most int) RETURNS TABLE (tenant_id uuid)`,
    `SELECT t.id FROM tenant t WHERE t.id > after_id ORDER BY t.id LIMIT least(most, 1000)`,
  ],
];
