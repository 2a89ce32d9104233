import { z } from 'zod';
import { html, type Html, Refusal, ROLES_OFFERED } from '../../platform/index.ts';
import { roleName, wordsIn, type Language, bilingual, type Words } from '../../words/index.ts';
import { ListedKey, MadeKey } from '../api/company/keys.ts';
import { listOf } from '../server/schema.ts';
import type { ConsolePage } from './frame-page.ts';
import { momentSaid, momentIn, type Reading, actForm, field, onward, tableOf } from './page-parts.ts';
import { revokeKeyAsked } from './sure-words.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';

/** The pages of the company's keys. */
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

/** The number of keys on one page. */
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

/** Lists all keys by name, never themselves, and the form that makes one. */
function keysPage(
  reading: Reading,
  given: { readonly items: readonly z.output<typeof ListedKey>[]; readonly next: string | null },
): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).companyPages.keys;
  const rows = given.items.map(({ id, name, role, source, createdAt, lastUsedAt, revokedAt }) => [
    name,
    roleName(role, language),
    source,
    momentIn(createdAt, reading),
    momentIn(lastUsedAt, reading),
    revokedAt === null
      ? actForm({ action: `/keys/${id}/revocation`, label: words.revoke, about: name })
      : momentIn(revokedAt, reading),
  ]);
  const columns = [words.name, words.role, words.source, words.created, words.used, words.revoked].map(
    (head) => ({ head }),
  );
  return {
    title: words.title,
    main: html`<p>${words.lead}</p>
${tableOf({ caption: words.title, columns, rows, empty: words.none })}
${onward('/keys', given.next, language)}
<h2>${words.made}</h2>
${keyForm(language)}`,
  };
}

function keyForm(language: Language): Html {
  const words = wordsIn(language).companyPages.keys;
  const colon = wordsIn(language).punctuation.colon;
  const roles = ROLES_OFFERED.map(
    (role) => html`<option value="${role}">${roleName(role, language)}${colon}${words[role]}</option>`,
  );
  return html`<form method="post" action="/console/keys" class="fields">
${field({ name: 'name', label: words.name })}
<div><label for="role">${words.role}</label><select id="role" name="role">${roles}</select></div>
${field({ name: 'source', label: words.source, hint: words.sourceHint, optional: true })}
<p><button class="main">${words.make}</button></p></form>`;
}

/** Shows a new key, once. */
function madeKeyPage(
  language: Language,
  { key, role }: { readonly key: string; readonly role: string },
): ConsolePage {
  const words = wordsIn(language).companyPages.keys;
  return {
    title: words.made,
    main: html`<p class="note" role="status">${words.once}</p>
<p class="secret"><code>${key}</code> <span class="faint">${roleName(role, language)}</span></p>
<p class="acts"><a class="button" href="/console/keys">${words.back}</a></p>`,
  };
}

const Named = listOf(z.looseObject({ id: z.string(), name: z.string() }));

const NOBODYS: Readonly<Record<string, Words>> = bilingual.consolePages.actors;

/** Returns the display name of an entry's actor: a key's name, for readers who may see it. */
export async function actorsOf(visit: Visit): Promise<(actor: string) => string> {
  const keys = visit.may('GET /v1/keys')
    ? (await visit.ask('GET /v1/keys', Named, { query: { limit: MOST_KEYS } })).items
    : [];
  const names = new Map(keys.map(({ id, name }) => [`key:${id}`, name]));
  return (actor) => names.get(actor) ?? NOBODYS[actor]?.[visit.language] ?? actor;
}
