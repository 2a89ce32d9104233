import { Migration } from '@mikro-orm/migrations';

/** A base of a million people that was brought a moment ago is measured before anybody is counted in it. */
export class MeasuredBase extends Migration {
  override up(): void {
    this.addSql(`GRANT MAINTAIN ON contact, consent, import_row, suppression, consent_event TO bonheure_app`);
  }
}
