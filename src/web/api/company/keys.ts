import { z } from 'zod';
import { instant, Refusal } from '../../../platform/index.ts';
import { ROLES } from '../../../base/index.ts';
import { hashOfKey, newApiKey, addApiKey, keysOf, revokeKey } from '../../../company/index.ts';
import { wrongField } from '../../server/input-error.ts';
import { Answer, NoContent, route, type Context, noteAct, tagged } from '../../server/route.ts';
import { ById, SourceName, Instant, line, listOf, PageQuery, readPage } from '../../server/schema.ts';

const NewKey = z.strictObject({
  role: z.enum(ROLES),
  name: line(100).optional(),
  source: SourceName.optional().meta({
    description: 'The system this key belongs to; external ids are unique within it.',
  }),
  expiresAt: Instant.optional().describe('When it ends by itself; without it, when somebody revokes it.'),
});

/** A new key, which is shown once. */
export const MadeKey = z
  .object({ id: z.string(), key: z.string(), role: z.enum(ROLES) })
  .meta({ id: 'MadeKey' });

export const ListedKey = z
  .object({
    id: z.string(),
    role: z.string(),
    name: z.string(),
    source: z.string(),
    createdAt: z.string(),
    revokedAt: z.string().nullable(),
    expiresAt: z.string().nullable().describe('When it ends by itself; null: never.'),
    lastUsedAt: z.string().nullable(),
    madeBy: z.string().nullable().meta({
      description: 'The key that made it; null for the first one, for sign-ins, and where it was not kept.',
    }),
  })
  .meta({ id: 'Key' });

export const keyRoutes = tagged('Tenant', [
  route('POST /v1/keys', {
    roles: ['admin'],
    summary: 'Makes a key; it is shown this once.',
    body: NewKey,
    reply: MadeKey,
    status: 201,
    run: makeKey,
  }),
  route('GET /v1/keys', {
    roles: ['admin'],
    summary: 'Lists keys, revoked ones too.',
    query: PageQuery,
    reply: listOf(ListedKey),
    run: async ({ tx, query }) => readPage(query, (page) => keysOf(tx, page)),
  }),
  route('DELETE /v1/keys/{id}', {
    roles: ['admin'],
    summary: 'Revokes a key, at once.',
    params: ById,
    reply: NoContent,
    status: 204,
    run: async ({ api, tx, caller, params: { id } }) => {
      if (!(await revokeKey(tx, id, instant(api.clock.machine()).toISO()))) throw new Refusal('NOT_FOUND');
      api.callers.revoke(id);
      await noteAct({ api, tx, caller }, 'key.revoked', { subject: id });
      return new Answer(204, undefined);
    },
  }),
]);

async function makeKey({
  api,
  tx,
  caller,
  body: { role, name = role, source = 'default', expiresAt },
}: Context & { readonly body: z.output<typeof NewKey> }): Promise<z.input<typeof MadeKey>> {
  const { clock } = api;
  if (expiresAt !== undefined && expiresAt.toMillis() <= clock.machine())
    throw wrongField('/expiresAt', 'an instant to come');
  const key = newApiKey();
  const until = expiresAt?.toISO();
  const row = { hash: hashOfKey(key), role, name, source, madeBy: caller.keyId, expiresAt: until };
  const id = await addApiKey(tx, clock, row);
  if (id === undefined) throw new KeyMadeTwice('two random keys are equal');
  const details = { role, ...(until === undefined ? {} : { expiresAt: until }) };
  await noteAct({ api, tx, caller }, 'key.created', { subject: id, details });
  return { id, key, role };
}

class KeyMadeTwice extends Error {
  override readonly name = 'KeyMadeTwice';
}
