import { Migration } from '@mikro-orm/migrations';

/** Into how many parts with an id each a text is sent is kept with the mark: whoever dies before the answer told it. */
export class PartsSent extends Migration {
  override up(): void {
    this.addSql(`ALTER TABLE submission ADD COLUMN sent_parts smallint CHECK (sent_parts >= 1)`);
  }
}
