import { Migration } from '@mikro-orm/migrations';

/** A number that is known to be none is retired: whoever asks for the retirement asks for both. */
export class NumberState extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE contact NO FORCE ROW LEVEL SECURITY`);
    this.addSql(
      `UPDATE contact SET retired_at = updated_at WHERE number_state IS NOT NULL AND retired_at IS NULL`,
    );
    this.addSql(`ALTER TABLE contact FORCE ROW LEVEL SECURITY`);
    this.addSql(
      `ALTER TABLE contact ADD CONSTRAINT number_state_retired CHECK (number_state IS NULL OR retired_at IS NOT NULL)`,
    );
  }
}
