import { Migration } from '@mikro-orm/migrations';

/** An address of a webhook often holds a token: it is sealed. What an earlier version wrote is sealed by the next worker. */
export class SealedWebhookAddresses extends Migration {
  override up(): void {
    this.addSql(`
      ALTER TABLE webhook_endpoint
        ALTER url DROP NOT NULL, ADD sealed_url bytea,
        ADD CONSTRAINT webhook_endpoint_address CHECK (num_nonnulls(url, sealed_url) = 1)`);
  }
}
