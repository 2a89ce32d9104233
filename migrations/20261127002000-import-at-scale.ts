import { Migration } from '@mikro-orm/migrations';

/** What a row of a file costs less: one question a statement instead of one a row, and no index that nothing reads. */
export class ImportAtScale extends Migration {
  override up(): void {
    // Staleness is the later of a sign and an agreement, which stand in two tables.
    this.addSql(`DROP INDEX contact_stale`);
    this.addSql(`ALTER TABLE import_row DROP CONSTRAINT import_row_import_id_fkey`);
    this.addSql(`
      CREATE FUNCTION rows_of_imports() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM 1 FROM import i WHERE i.id IN (SELECT DISTINCT a.import_id FROM added a) FOR KEY SHARE;
        IF EXISTS (SELECT FROM (SELECT DISTINCT import_id FROM added) a WHERE NOT EXISTS (SELECT FROM import i WHERE i.id = a.import_id)) THEN
          RAISE EXCEPTION 'a row of a file is of an import that is not there' USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NULL;
      END $$`);
    this.addSql(`
      CREATE TRIGGER of_import AFTER INSERT ON import_row REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION rows_of_imports()`);
    this.addSql(`
      CREATE FUNCTION import_without_rows() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM import_row WHERE import_id = OLD.id) THEN
          RAISE EXCEPTION 'an import that brought people is not removed' USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN OLD;
      END $$`);
    this.addSql(`
      CREATE TRIGGER without_rows BEFORE DELETE ON import FOR EACH ROW EXECUTE FUNCTION import_without_rows()`);
  }
}
