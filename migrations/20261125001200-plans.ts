import { Migration } from '@mikro-orm/migrations';

/** What subscriptions and payment plans count from, what was paid, and the legal notice that a renewal needs. */
export class Plans extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE reminder_series
        ADD COLUMN terms jsonb NOT NULL DEFAULT '{"kind": "appointment"}',
        ADD COLUMN paid jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN legal_notice boolean NOT NULL DEFAULT false,
        ADD COLUMN notice_missing_at timestamptz,
        ADD CONSTRAINT reminder_series_terms CHECK (terms ->> 'kind' = kind)`);
  }
}
