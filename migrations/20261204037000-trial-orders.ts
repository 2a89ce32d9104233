import { Migration } from '@mikro-orm/migrations';

/**
 * A trial may be ordered by an api process, and conducted by a worker: all that both say to each other is in its row.
 *
 * The number stays there, sealed, for as long as the trial lasts.
 */
export class TrialOrders extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE account_trial
        ADD COLUMN tenant_id uuid,
        ADD COLUMN language text CHECK (language IN ('fr', 'en')),
        ADD COLUMN sealed_phone bytea,
        ADD COLUMN conductor uuid,
        ADD COLUMN beat_at timestamptz,
        ADD COLUMN asks text CHECK (asks IN ('accents', 'two-parts', 'stop')),
        ADD COLUMN shown jsonb NOT NULL DEFAULT '{}',
        ADD COLUMN news jsonb,
        ADD COLUMN so_far jsonb,
        ADD COLUMN turn int NOT NULL DEFAULT 0,
        ADD CHECK (sealed_phone IS NULL OR (tenant_id IS NOT NULL AND ended_at IS NULL)),
        ADD CHECK (asks IS NULL OR ended_at IS NULL)`);
    this.addSql(`COMMENT ON COLUMN account_trial.beat_at IS 'when its conductor last said that it lives'`);
    this.addSql(`COMMENT ON COLUMN account_trial.turn IS 'rises with all that a page shows of it'`);
  }
}
