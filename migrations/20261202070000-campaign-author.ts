import { Migration } from '@mikro-orm/migrations';

const FORCED = ['campaign', 'audit_entry'] as const;

/** A campaign says who wrote it; those that exist take it from the audit, and a time of one that comes again from that one. */
export class CampaignAuthor extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE campaign ADD COLUMN author text`);
    this.force('NO FORCE');
    this.addSql(`
      UPDATE campaign c SET author = coalesce(w.actor, a.actor)
        FROM audit_entry a LEFT JOIN audit_entry w
          ON w.tenant_id = a.tenant_id AND w.action = 'campaign.created' AND w.subject = a.details ->> 'recurrence'
       WHERE a.tenant_id = c.tenant_id AND a.action = 'campaign.created' AND a.subject = c.id::text`);
    this.force('FORCE');
    this.addSql(`
      CREATE INDEX campaign_draft ON campaign (tenant_id, id DESC) WHERE status = 'draft'`);
  }

  private force(forced: 'FORCE' | 'NO FORCE'): void {
    for (const table of FORCED) this.addSql(`ALTER TABLE ${table} ${forced} ROW LEVEL SECURITY`);
  }
}
