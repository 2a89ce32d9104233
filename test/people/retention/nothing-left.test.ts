import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { eraseTraces, requestErasure } from '../../../src/operations/erasure/erasure.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { cleanTenant } from '../../../src/people/retention/retention.ts';
import { openBase } from '../../support/database.ts';
import { aShop, told, type Shop } from '../import/shop.ts';

const { test, database } = await openBase();

/** Columns whose names match `NAMING` but that hold no id or fingerprint of a person, with the reason. */
const NAMES_NOBODY: Readonly<Record<string, string>> = {
  'tenant.contact': 'how the company itself is reached',
  'account_trial.sealed_phone': 'the number of a colleague who tries an account; gone when the trial ends',
};

/** Tables with sealed data or digests and no naming column, with what they hold or how they are emptied. */
const SEALED_OTHERWISE: Readonly<Record<string, string>> = {
  acceptance: 'a keyed digest of the recipient beside the fake operator’s answers',
  anchor: 'digests of chains',
  api_key: 'the digest of a key',
  account_trial: 'a colleague tries an account',
  account_trial_call: 'a colleague tries an account',
  campaign: 'the text for everybody',
  cancelled_booking: 'a keyed digest of a booking’s number, twelve months (RET-04)',
  chain_block: 'digests of chains',
  data_key: 'wrapped keys',
  form_text: 'the digest of a published text',
  idempotency_key: 'answers of the API: opened and removed by the erasure',
  import_slice: 'parts of files: removed once they are read',
  inbound: 'replies before their owner is known: emptied when settled',
  instance_key: 'wrapped keys',
  link: 'digests of chains',
  practice: 'a site of the company',
  receipt: 'receipts before their owner is known: emptied when settled',
  rejected_row: 'opened and removed by the erasure; an import’s rows go with it',
  reminder_step: 'facts of a step, under the key that the removal destroys',
  reply_part: 'parts of replies before their owner is known',
  submission: 'the digest of a call for many people',
  unread_delivery: 'calls that nobody could read: 30 days',
  webhook_endpoint: 'the company’s own system',
  wording: 'the digest of a published text',
};

/** Columns that still name the person after a removal, with the rule that allows it. */
const KEPT: Readonly<Record<string, string>> = {
  'consent_event.contact_id': 'acts of consent are a chain without personal data (RET-05)',
  'consent_proof.contact_id': 'a proof that defends a claim, under the archive key (RET-03)',
  'message.contact_id': 'the log of messages, without text (RET-04)',
  'reminder_series.contact_id': 'a booking emptied of all that was known (RET-04)',
  'rights_request.contact_id': 'that a request was answered in time (RET-03)',
  'suppression.phone_index': 'an opt-out outlives its person (RET-02)',
  'suppression.phone_index_next': 'the same under the next index key (RET-02)',
};
const KEPT_BY_RETENTION: Readonly<Record<string, string>> = {
  ...KEPT,
  'acknowledgement.phone_index': 'an answer owed to the number, removed by its age (RET-04)',
};
const KEPT_BY_ERASURE: Readonly<Record<string, string>> = {
  ...KEPT,
  'erasure.contact_id': 'the certificate of the erasure (RET-03)',
};

/** Tables that the test does not fill: the code fills them itself, or they would block the removal. */
const NOT_FILLED: Readonly<Record<string, string>> = {
  contact: 'made by the application',
  contact_key: 'made by the application',
  erasure: 'written by the erasure',
  legal_hold: 'a contact in a claim is not removed',
};

const PAST = '2026-01-01T00:00:00Z';
/** Values for columns in which an arbitrary value of the type is not valid. */
const FITTING: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  acknowledgement: { kind: 'stop' },
  consent: { purpose: 'marketing', sendable: false, why: 'CONSENT_WITHDRAWN' },
  consent_event: { kind: 'objected', proof: 'held', purpose: 'marketing', basis: 'consent' },
  form_answer: { state: 'pending' },
  form_code: { kind: 'code' },
  leaving_contact: { remove_at: PAST },
  message: { state: 'ready' },
  message_text: { remove_at: '2099-01-01T00:00:00Z' },
  reminder_series: {
    kind: 'appointment',
    purpose: 'appointment',
    state: 'completed',
    ended_at: PAST,
    terms: '{"kind":"appointment"}',
  },
  rights_request: { asks: 'erasure' },
  suppression: { scope: 'all' },
};

/** A column of a table, and what an inserted row must know about it. */
interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

const NAMING = /contact|phone|person/;
/** Columns that are filled together; the removal finds the person by the second. */
const FOUND_BY: Readonly<Record<string, string>> = { person_index: 'contact_id' };

const keyOf = ({ table, name }: Column): string => `${table}.${name}`;
const isNaming = (column: Column): boolean =>
  NAMING.test(column.name) &&
  ['uuid', 'bytea', 'text', 'jsonb'].includes(column.type) &&
  NAMES_NOBODY[keyOf(column)] === undefined;

async function columnsOf(shop: Shop): Promise<readonly Column[]> {
  const rows = await shop.tamper(`
    SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
           a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS "isRequired"
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY 1, 2`);
  // The statement returns exactly these columns.
  return rows as unknown as readonly Column[];
}

function anything(type: string): unknown {
  if (type === 'uuid') return randomUUID();
  if (type === 'bytea') return randomBytes(32);
  if (type.startsWith('timestamp') || type === 'date') return PAST;
  if (type === 'boolean') return false;
  if (type === 'jsonb') return '{}';
  if (type.endsWith('[]')) return '{}';
  return type === 'text' ? 'anything' : 1;
}

/** A person, and by column the values that name them. */
interface Person {
  readonly shop: Shop;
  readonly contactId: string;
  readonly values: Readonly<Record<string, unknown>>;
}

async function aPerson(): Promise<Person> {
  const shop = await aShop(database, test);
  const given = [told('+33639982001', { attributes: { firstName: 'Aloïs' } })];
  const [made] = await shop.within((tx) => upsertContacts(tx, shop.deps, given));
  const contactId = made?.id ?? '';
  const phoneIndex = shop.deps.keys.phoneIndex('+33639982001');
  return {
    shop,
    contactId,
    values: {
      contact_id: contactId,
      phone_index: phoneIndex,
      phone_index_next: randomBytes(32),
      person_index: randomBytes(32),
    },
  };
}

/** Inserts a row that names the person by this column, and by other columns only where they are required. */
async function named({ shop, values }: Person, column: Column, columns: readonly Column[]): Promise<void> {
  const own = columns.filter(({ table }) => table === column.table);
  const needed = own.filter(({ name, isRequired }) => isRequired || name in (FITTING[column.table] ?? {}));
  const naming = own.filter((one) => isNaming(one) && !needed.includes(one) && one.type !== 'text');
  const row = Object.fromEntries(
    [...needed, ...(column.table === 'form_answer' ? naming : naming.filter((one) => one === column))].map(
      ({ name, type }) => [name, anything(type)],
    ),
  );
  const found = FOUND_BY[column.name];
  const filled: Record<string, unknown> = {
    ...row,
    ...FITTING[column.table],
    ...(own.some(({ name }) => name === 'tenant_id') && { tenant_id: shop.id }),
    ...(found !== undefined && { [found]: values[found] }),
    [column.name]: values[column.name],
  };
  const names = Object.keys(filled);
  await shop.tamper(
    `INSERT INTO ${column.table} (${names.join(', ')}) VALUES (${names.map((_, at) => `$${at + 1}`).join(', ')})`,
    Object.values(filled),
  );
}

/** Returns the columns by which any row still names the person. */
async function namedBy({ shop, contactId, values }: Person, columns: readonly Column[]): Promise<string[]> {
  const found: string[] = [];
  for (const column of columns.filter(isNaming)) {
    const value = column.type === 'uuid' ? contactId : values[column.name];
    const sql = `SELECT 1 FROM ${column.table} WHERE ${column.name} = $1 LIMIT 1`;
    if ((await shop.tamper(sql, [value])).length > 0) found.push(keyOf(column));
  }
  return found;
}

let naming: readonly Column[];
const columns = await columnsOf(await aShop(database, test));
naming = columns.filter(isNaming);

/** Creates a person whom every naming column of the database names. */
async function aPersonEverywhere(): Promise<Person> {
  const person = await aPerson();
  const filling = naming.filter(({ table }) => NOT_FILLED[table] === undefined);
  for (const column of filling) await named(person, column, columns);
  expect(await namedBy(person, columns)).toEqual(expect.arrayContaining(filling.map(keyOf)));
  return person;
}

describe('the catalogue of the database', () => {
  it('has every sealed column named or explained', () => {
    const isSealed = (type: string): boolean => type.startsWith('bytea');
    const open = columns.filter(
      ({ table, type }) =>
        isSealed(type) && naming.every((one) => one.table !== table) && SEALED_OTHERWISE[table] === undefined,
    );
    expect(open.map(keyOf)).toEqual([]);
  });
});

describe('a person who is removed', () => {
  it('is named by no column, after retention', async () => {
    const person = await aPersonEverywhere();
    const { shop } = person;
    const keysOf = () => Promise.resolve(shop.deps.keys);
    await cleanTenant({ database, clock: shop.clock, keysOf }, { tenantId: shop.id, actor: 'system' });
    expect(await namedBy(person, columns)).toEqual(Object.keys(KEPT_BY_RETENTION).toSorted());
  });

  it('is named by no column, after an erasure', async () => {
    const person = await aPersonEverywhere();
    const { shop, contactId } = person;
    const keysOf = () => Promise.resolve(shop.deps.keys);
    const erasureId = randomUUID();
    const at = shop.clock.now().toISO();
    await shop.within((tx) =>
      requestErasure(tx, shop.deps, {
        id: erasureId,
        contactId,
        requestedAt: at,
        receivedAt: at,
        identityChecked: true,
        reason: undefined,
        actor: 'key:test',
        simulated: false,
      }),
    );
    const deps = { database, clock: shop.clock, keysOf, journalDays: 35 };
    expect((await eraseTraces(deps, { tenantId: shop.id, erasureId })).kind).toBe('done');
    expect(await namedBy(person, columns)).toEqual(Object.keys(KEPT_BY_ERASURE).toSorted());
  });
});
