import { createHash } from 'node:crypto';
import type { Client } from 'pg';

const PUBLIC = `'public'::regnamespace`;

/** Who may do what, whatever the order in which it was granted. */
const grants = (acl: string, kind: string, owner: string): string => `(
  SELECT string_agg(format('%s:%s%s', CASE WHEN g.grantee = 0 THEN 'public' ELSE g.grantee::regrole::text END,
           g.privilege_type, CASE WHEN g.is_grantable THEN '*' ELSE '' END), ' ' ORDER BY g.grantee::regrole::text, g.privilege_type)
    FROM aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner}))) g)`;

/** What a schema is made of, one query a kind; each answers one line a thing. */
const KINDS = {
  types: `
    SELECT format('%s %s: %s', t.typname, t.typowner::regrole, string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder)) AS line
      FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid WHERE t.typnamespace = ${PUBLIC} GROUP BY t.oid`,
  tables: `
    SELECT format('%s %s %s of %s, %s, %s%s%s, parent %s %s, key %s: %s', c.relkind, c.relname, c.relpersistence, c.relowner::regrole,
             array_to_string(c.reloptions, ' '), CASE WHEN c.relrowsecurity THEN 'row security' END,
             CASE WHEN c.relforcerowsecurity THEN ' forced' END, CASE WHEN c.relreplident <> 'd' THEN c.relreplident END,
             i.inhparent::regclass, pg_get_expr(c.relpartbound, c.oid), pg_get_partkeydef(c.oid),
             ${grants('c.relacl', 'r', 'c.relowner')}) AS line
      FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
     WHERE c.relnamespace = ${PUBLIC} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  columns: `
    SELECT format('%s.%s %s: %s%s default %s, generated %s, identity %s, storage %s %s, statistics %s, collation %s: %s', c.relname,
             row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
             CASE WHEN a.attnotnull THEN ' not null' END, pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity, a.attstorage,
             a.attcompression, a.attstattarget, a.attcollation::regcollation,
             CASE WHEN a.attacl IS NOT NULL THEN ${grants('a.attacl', 'c', 'c.relowner')} END) AS line
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = ${PUBLIC} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`,
  constraints: `
    SELECT format('%s.%s %s%s%s', n.conrelid::regclass, n.conname, pg_get_constraintdef(n.oid),
             CASE WHEN NOT n.convalidated THEN ' not valid' END, CASE WHEN NOT n.conenforced THEN ' not enforced' END) AS line
      FROM pg_constraint n WHERE n.connamespace = ${PUBLIC}`,
  indexes: `
    SELECT format('%s%s%s', pg_get_indexdef(i.indexrelid), CASE WHEN i.indisclustered THEN ' clustered' END,
             CASE WHEN NOT i.indisvalid THEN ' invalid' END) AS line
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = ${PUBLIC}`,
  sequences: `
    SELECT format('%s: %s %s by %s from %s to %s cycles %s, used by %s: %s', c.relname, format_type(s.seqtypid, NULL), s.seqstart,
             s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, d.refobjid::regclass || '.' || d.refobjsubid,
             ${grants('c.relacl', 's', 'c.relowner')}) AS line
      FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
      LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
     WHERE c.relnamespace = ${PUBLIC}`,
  functions: `
    SELECT format(E'%s of %s: %s\\n%s', p.oid::regprocedure, p.proowner::regrole, ${grants('p.proacl', 'f', 'p.proowner')},
             CASE WHEN p.prokind = 'a' THEN 'aggregate' ELSE pg_get_functiondef(p.oid) END) AS line
      FROM pg_proc p WHERE p.pronamespace = ${PUBLIC}`,
  triggers: `
    SELECT format('%s, enabled %s', pg_get_triggerdef(t.oid), t.tgenabled) AS line
      FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = ${PUBLIC} AND NOT t.tgisinternal`,
  policies: `
    SELECT format('%s.%s %s for %s to %s using %s check %s', p.tablename, p.policyname, p.permissive, p.cmd,
             array_to_string(p.roles, ' '), p.qual, p.with_check) AS line
      FROM pg_policies p WHERE p.schemaname = 'public'`,
  roles: `
    SELECT format('%s: super %s, inherits %s, creates roles %s, databases %s, logs in %s, bypasses %s, member of %s', r.rolname,
             r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin, r.rolbypassrls,
             (SELECT string_agg(format('%s (%s %s %s)', m.roleid::regrole, m.admin_option, m.inherit_option, m.set_option), ' '
                                ORDER BY m.roleid::regrole::text) FROM pg_auth_members m WHERE m.member = r.oid)) AS line
      FROM pg_roles r WHERE r.rolname NOT LIKE 'pg\\_%'`,
  rights: `
    SELECT format('schema public: %s', ${grants('n.nspacl', 'n', 'n.nspowner')}) AS line FROM pg_namespace n WHERE n.nspname = 'public'
     UNION ALL
    SELECT format('system column %s.%s: %s', c.relname, a.attname, ${grants('a.attacl', 'c', 'c.relowner')})
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = ${PUBLIC} AND a.attnum < 0 AND a.attacl IS NOT NULL
     UNION ALL
    SELECT format('default of %s in %s for %s: %s', d.defaclrole::regrole, d.defaclnamespace, d.defaclobjtype, d.defaclacl)
      FROM pg_default_acl d`,
  others: `
    SELECT format('comment on %s %s: %s', d.classoid::regclass, d.objsubid, d.description) AS line
      FROM pg_description d JOIN pg_class c ON c.oid = d.objoid AND d.classoid = 'pg_class'::regclass WHERE c.relnamespace = ${PUBLIC}
     UNION ALL SELECT format('statistics %s', pg_get_statisticsobjdef(s.oid)) FROM pg_statistic_ext s WHERE s.stxnamespace = ${PUBLIC}
     UNION ALL SELECT format('extension %s %s', e.extname, e.extversion) FROM pg_extension e
     UNION ALL SELECT format('rule %s', r.definition) FROM pg_rules r WHERE r.schemaname = 'public'
     UNION ALL SELECT format('publication %s', p.pubname) FROM pg_publication p
     UNION ALL SELECT format('event trigger %s', e.evtname) FROM pg_event_trigger e`,
} as const;

/** A kind of thing that a schema is made of. */
export type SchemaKind = keyof typeof KINDS;

/** All kinds, in the order in which they are made. */
export const SCHEMA_KINDS = Object.keys(KINDS) as readonly SchemaKind[];

/** Everything of one kind that a database has, one line a thing, sorted. */
export async function schemaOf(client: Client, kind: SchemaKind): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(KINDS[kind]);
  return rows.map(({ line }) => line).toSorted();
}

/** The rows that stand in a database which nobody has used, by table; instants and ids of chance left out. */
export async function seedsOf(client: Client): Promise<readonly string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = ${PUBLIC} AND relkind IN ('r', 'p') AND relname <> 'migration' ORDER BY 1`,
  );
  const seeds: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM "${name}" t`);
    const plain = ({ row }: { row: string }): string =>
      row.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll(/\d{4}-\d\d-\d\dT[\d:.+]+/g, 'instant');
    seeds.push(...rows.map((one) => `${name} ${plain(one)}`));
  }
  return seeds;
}

/** Not of the first migration: months of messages are made by the calendar, and the migrator's table by the migrator. */
const BESIDE = /\bmessage_\d{6}|\bmigration(?:_|\b)/;

/** The digest of things of one kind; the white space of what functions hold does not count. */
export function digestOfSchema(lines: readonly string[]): string {
  const plain = lines
    .filter((line) => !BESIDE.test(line))
    .map((line) =>
      line
        .replaceAll(/\s+/g, ' ')
        .trim()
        .replaceAll(/ ?\$function\$ ?/g, ' BODY '),
    );
  return createHash('sha256').update(plain.toSorted().join('\n')).digest('hex').slice(0, 16);
}
