import { Refusal } from '../../platform/index.ts';
import { keysPage, madeKeyPage } from './keys-page.ts';
import { momentSaid } from './moment-page.ts';
import { revokeKeyAsked } from './sure-words.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { ListedKey, MadeKey } from '../api/company/keys.ts';
import { listOf } from '../server/schema.ts';

/** Who may act for the company. */
export const keyPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/keys', work: list },
  { method: 'post', path: '/keys', work: making },
  { method: 'post', path: '/keys/:id/revocation', from: '/keys', work: revoking },
];

async function list(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/keys', listOf(ListedKey), { query: pageAsked(visit, 100) });
  visit.show(keysPage(readingOf(visit), found));
}

/** Shown in the answer itself: no address ever leads back to a key. */
async function making(visit: Visit): Promise<void> {
  const source = visit.said('source');
  // A key that stands for a person has a name here, though the API does without.
  const name = visit.said('name') ?? '';
  const body = { role: visit.said('role'), name, ...(source === undefined ? {} : { source }) };
  visit.show(madeKeyPage(visit.language, await visit.ask('POST /v1/keys', MadeKey, { body })), 201);
}

async function revoking(visit: Visit): Promise<void> {
  const id = visit.param('id');
  if (!visit.isSure) return askingToRevoke(visit, id);
  await visit.order('DELETE /v1/keys/{id}', { params: { id } });
  visit.goTo('/keys');
}

/** As many keys as one page of them knows. */
const MOST_KEYS = '500';

async function askingToRevoke(visit: Visit, id: string): Promise<void> {
  visit.needs('DELETE /v1/keys/{id}');
  const { items } = await visit.ask('GET /v1/keys', listOf(ListedKey), { query: { limit: MOST_KEYS } });
  const key = items.find((one) => one.id === id);
  if (key === undefined) throw new Refusal('NOT_FOUND');
  const admins = items.filter(({ role, revokedAt }) => role === 'admin' && revokedAt === null);
  const asked = {
    name: key.name,
    lastUsed: key.lastUsedAt === null ? undefined : momentSaid(key.lastUsedAt, readingOf(visit)),
    isOwn: visit.caller.keyId === id,
    isLastAdmin: key.role === 'admin' && admins.length === 1,
  };
  visit.askFirst(revokeKeyAsked(asked, visit.language));
}
