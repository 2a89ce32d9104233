import { Migration } from '@mikro-orm/migrations';

/** Enters tenants one after the other for `step`, as `tenants[i]`; the tenant of the transaction is back at the end. */
const inEach = (step: string, declared = ''): string => `
  DECLARE
    before text := coalesce(current_setting('bonheure.tenant', true), '');
    ${declared}
  BEGIN
    FOR i IN 1 .. cardinality(tenants) LOOP
      PERFORM set_config('bonheure.tenant', tenants[i]::text, true);
      ${step}
    END LOOP;
    PERFORM set_config('bonheure.tenant', before, true);
  END`;

/**
 * A number that writes to an account is looked up and suppressed in many tenants by one statement each.
 *
 * Each function has the rights of its caller: in each tenant row-level security shows and takes what it does in a
 * transaction of that tenant, and no more.
 */
export class NumbersInManyTenants extends Migration {
  override up(): void {
    this.addSql(`
      CREATE FUNCTION index_keys_in(tenants uuid[])
        RETURNS TABLE(tenant_id uuid, version int, wrapped bytea, in_force boolean, reached bytea)
        LANGUAGE plpgsql AS $$ ${inEach(
          `-- The lock of IndexGuard: indexes by these keys match the tables until the transaction ends.
           IF moving THEN PERFORM pg_advisory_xact_lock_shared(hashtextextended('index|' || tenants[i]::text, 0)); END IF;
           RETURN QUERY SELECT k.tenant_id, k.version, k.wrapped, k.in_force, k.reached FROM data_key k
             WHERE k.tenant_id = tenants[i] AND k.purpose = 'index' ORDER BY k.version DESC;`,
          'moving boolean := (SELECT n.index_moving FROM instance n);',
        )} $$`);
    this.addSql(`
      CREATE FUNCTION holders_in(tenants uuid[], indexes bytea[])
        RETURNS TABLE(tenant_id uuid)
        LANGUAGE plpgsql AS $$ ${inEach(
          `RETURN QUERY SELECT c.tenant_id FROM contact c
             WHERE c.tenant_id = tenants[i] AND c.phone_index = indexes[i] LIMIT 1;`,
        )} $$`);
    this.addSql(`
      CREATE FUNCTION suppress_in(
        ids uuid[], tenants uuid[], indexes bytea[], scopes text[], since timestamptz, source text, at timestamptz)
        RETURNS void
        LANGUAGE plpgsql AS $$ ${inEach(
          `INSERT INTO suppression (id, tenant_id, phone_index, scope, since, source, recorded_at)
           VALUES (ids[i], tenants[i], indexes[i], scopes[i], suppress_in.since, suppress_in.source, suppress_in.at)
           ON CONFLICT (tenant_id, phone_index, scope) WHERE lifted_at IS NULL DO NOTHING;`,
        )} $$`);
    for (const name of [
      'index_keys_in(uuid[])',
      'holders_in(uuid[], bytea[])',
      'suppress_in(uuid[], uuid[], bytea[], text[], timestamptz, text, timestamptz)',
    ])
      this.addSql(
        `REVOKE ALL ON FUNCTION ${name} FROM PUBLIC; GRANT EXECUTE ON FUNCTION ${name} TO bonheure_app`,
      );
  }
}
