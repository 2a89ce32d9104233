import { Migration } from '@mikro-orm/migrations';

/** Receipts in a row that found no message: an account whose ids are written otherwise in receipts never finds one. */
export class ReceiptsLost extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE gateway_account ADD COLUMN receipts_lost int NOT NULL DEFAULT 0`);
  }
}
