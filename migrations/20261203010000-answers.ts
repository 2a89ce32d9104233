import { Migration } from '@mikro-orm/migrations';

/** What a person answers to a reminder that asks stands on its booking, with the reply that says so. */
export class Answers extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE message_text ADD COLUMN asks boolean NOT NULL DEFAULT false`);
    this.addSql(`
      ALTER TABLE reminder_series
        ADD COLUMN declined_at timestamptz,
        ADD COLUMN answered_at timestamptz,
        ADD COLUMN answer_reply_id uuid,
        ADD COLUMN unclear_at timestamptz,
        ADD COLUMN unclear_reply_id uuid`);
  }
}
