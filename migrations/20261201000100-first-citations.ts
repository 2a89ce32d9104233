import { Migration } from '@mikro-orm/migrations';

/** Since when a wording is cited is noted when it first is: an index over all events is not kept for that. */
export class FirstCitations extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE wording_citation (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        tenant_id uuid NOT NULL,
        wording_id uuid NOT NULL,
        cited_at timestamptz NOT NULL)`);
    this.addSql(`CREATE INDEX wording_citation_first ON wording_citation (tenant_id, wording_id, cited_at)`);
    // Of all tenants, once.
    this.addSql(`ALTER TABLE consent_event NO FORCE ROW LEVEL SECURITY`);
    this.addSql(`
      INSERT INTO wording_citation (tenant_id, wording_id, cited_at)
      SELECT tenant_id, wording_id, min(occurred_at) FROM consent_event WHERE wording_id IS NOT NULL GROUP BY 1, 2`);
    this.addSql(`ALTER TABLE consent_event FORCE ROW LEVEL SECURITY`);
    this.addSql(`SELECT protect('wording_citation', 'SELECT, INSERT')`);
    // Rows are only added, and the earliest counts: whoever cites a wording waits for nobody else who does.
    this.addSql(`
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
      END $$`);
    this.addSql(`
      CREATE TRIGGER note_citations AFTER INSERT ON consent_event REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION note_citations()`);
    this.addSql(`DROP INDEX consent_event_wording`);
  }
}
