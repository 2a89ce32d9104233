import { Migration } from '@mikro-orm/migrations';

/** How much of each account is kept is the sum of few rows, however many calls lie there. */
export class KeptSize extends Migration {
  override up(): void {
    this.addSql(`
      CREATE TABLE kept_size (
        account_id uuid NOT NULL,
        delta bigint NOT NULL)`);
    this.addSql(`CREATE INDEX kept_size_account ON kept_size (account_id) INCLUDE (delta)`);
    this.addSql(`GRANT SELECT, INSERT, DELETE ON kept_size TO bonheure_app`);
    // Nothing may come or go between the sum and the triggers.
    this.addSql(`LOCK TABLE unread_delivery IN SHARE ROW EXCLUSIVE MODE`);
    this.addSql(
      `INSERT INTO kept_size SELECT account_id, sum(size) FROM unread_delivery GROUP BY account_id HAVING sum(size) <> 0`,
    );
    this.noted('grew', { event: 'INSERT', rows: 'NEW', sign: '' });
    this.noted('shrank', { event: 'DELETE', rows: 'OLD', sign: '-' });
    this.addSql(`DROP INDEX unread_delivery_size`);
  }

  /** Once for each statement: one row for each account that it changed. */
  private noted(
    name: string,
    { event, rows, sign }: Readonly<Record<'event' | 'rows' | 'sign', string>>,
  ): void {
    this.addSql(`
      CREATE FUNCTION kept_size_${name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO kept_size (account_id, delta)
          SELECT account_id, ${sign}sum(size) FROM changed GROUP BY account_id HAVING sum(size) <> 0;
          RETURN NULL;
        END $$`);
    this.addSql(`
      CREATE TRIGGER unread_delivery_${name} AFTER ${event} ON unread_delivery
        REFERENCING ${rows} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION kept_size_${name}()`);
  }
}
